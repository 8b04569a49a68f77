/// <reference types="node" preserve="true" />
export type { AnyCommand, Command, CommandEntry, CommandExample, ExitCode, OptionSpec } from "./command.js";
export { defineCommand } from "./command.js";
export { commands } from "./commands/index.js";
export { main } from "./main.js";
export type { Terminal } from "./terminal.js";
export { usageFailure, writeTrouble } from "./terminal.js";
