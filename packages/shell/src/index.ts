export { type EffectiveCommand, effectiveCommand } from "./effective-command.js";
export { evaluateExports, type KnownEnvironment } from "./evaluate-exports.js";
export { type FileReference, fileReferences } from "./file-references.js";
export { onlyVariable } from "./given.js";
export { initShell, ShellNotReady } from "./init-shell.js";
export { type FactStore, LARGEST_SCRIPT, parse, useFactStore } from "./parse.js";
export * from "./shell-script.js";
