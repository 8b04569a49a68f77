/// <reference types="node" preserve="true" />
export { bashCommand } from "./bash-command.js";
export { commandError } from "./command-error.js";
export {
  type CommandFailure,
  type CommandResult,
  type CommandRunner,
  createCommandRunner,
  describeFailure,
  exitCodeOf,
} from "./command-runner.js";
export { examineHost, type HostReport } from "./doctor/examine-host.js";
export type { HostProbe, ProbeContext, ProbeOutcome } from "./doctor/host-probe.js";
export { hostProbes } from "./doctor/host-probes.js";
export { type DoctorTool, ELEMENT_TOOLS, hostTools, REGISTRY_TOOLS, RUNNER_TOOLS } from "./doctor/host-tools.js";
export { installPackages } from "./doctor/install-packages.js";
export { rpmHostTroubles, YUM_CHROOT } from "./doctor/rpm-host.js";
export { fileHash } from "./file-hash.js";
export { findProgram } from "./find-program.js";
export { type HostTool, uniqueTools } from "./host-tool.js";
export { openLoopbackNamespace } from "./loopback-namespace.js";
export { namespaceCommand } from "./namespace-command.js";
export { decidePrivilege } from "./privilege/decide-privilege.js";
export { inUserNamespace } from "./privilege/in-user-namespace.js";
export { missingPrivilege } from "./privilege/missing-privilege.js";
export { runInNamespace } from "./privilege/run-in-namespace.js";
export { createRedactor, REDACTED, SHORTEST_SECRET, type TextFilter } from "./redactor.js";
export { createScriptHost, type ScriptHost } from "./script-host.js";
export { shellCommand, shellQuote } from "./shell-quote.js";
export { createUndoStack, type Undo, type UndoStack } from "./undo-stack.js";
export { startWorker } from "./worker-process.js";
