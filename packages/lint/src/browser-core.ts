/**
 * `@dibkit/lint/core`: the rules and what runs them, without reading a file or starting a program. It runs in a browser
 * too, where `initShell` of `@dibkit/shell` has to be given its files first.
 */

export { applyReplacements } from "@dibkit/model";
export * from "./configuration.js";
export { type LintRequest, type LintResult, lintElements } from "./lint-elements.js";
export { type LintedImageFile, lintImageFile } from "./lint-image-file.js";
export type { LintTools } from "./lint-tools.js";
export { type FixPlan, planFixes } from "./plan-fixes.js";
export * from "./rule.js";
export { rules } from "./rules/index.js";
export { countsOf, isFailure } from "./summary.js";
