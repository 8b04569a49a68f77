/** Tests of elements: what they compile to, and what their scripts do. Works in every test runner. */
export { type ElementExpectation, type ExpectedFile, expectElement } from "./expect-element.js";
export { type CommandCall, type FakeCommand, type FakeOptions, faked, forbidden } from "./fake-command.js";
export type { RootFile, RootSpec } from "./root-files.js";
export { type RunScriptOptions, runScript, type ScriptRun } from "./run-script.js";
