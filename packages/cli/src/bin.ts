#!/usr/bin/env node
import { getEventListeners } from "node:events";
import { commands } from "./commands/index.js";
import { dibkitVersion } from "./dibkit-version.js";
import { bundledCommand, fromBundle } from "./from-bundle.js";
import { isImageCreate } from "./image-create/is-image-create.js";
import { terminalOf, writeTrouble } from "./terminal.js";

const INTERRUPTED = 130;
const BUG = 70;

const interrupt = new AbortController();
/** Started by a dibkit that waits outside the namespace, and ends this one at once when the user insists. */
const isInside = process.env.DIBKIT_INSIDE === "1";
delete process.env.DIBKIT_INSIDE;
let signals = 0;
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    signals += 1;
    // A signal to the whole group comes here by itself, and once more from each process outside that passes it on.
    if (isInside && signals > 1) return;
    // Counted before the abort, which takes listeners that wait only once off the list.
    const undoing = getEventListeners(interrupt.signal, "abort").length > 0;
    interrupt.abort(new Error(`interrupted by ${name}`));
    // Nobody has anything to undo, or the user insists.
    if (signals === 1 && !undoing) process.stderr.write("interrupted\n");
    if (signals > 1 || !undoing) process.exit(INTERRUPTED);
  });
}
// A reader that has seen enough (`dibkit lint | head`) is not a failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
// What is being done comes to its end without anyone who reads the messages, and the exit code tells how.
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const words = process.argv.slice(2);
const end = words.indexOf("--");
const isColorFlag = (word: string, at: number) =>
  (word === "--color" || word === "--no-color") && (end === -1 || at < end);
const color = words.filter(isColorFlag).at(-1);
const argv = words.filter((word, at) => !isColorFlag(word, at));
const version = dibkitVersion();
const terminal = terminalOf(
  process,
  process.env,
  process.cwd(),
  interrupt.signal,
  color === undefined ? undefined : color === "--color",
  [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
);

process.on("uncaughtException", (error) => void endWith(error));
process.on("unhandledRejection", (error) => void endWith(error));
try {
  const program = process.argv[1] ?? "";
  const code = await (isImageCreate(program) ? runImageCreate(program) : runCommand());
  process.exitCode = signals > 0 ? INTERRUPTED : code;
} catch (error) {
  if (signals > 0) process.exitCode = INTERRUPTED;
  else await endWith(error);
}

async function runCommand(): Promise<number> {
  const { main } = (await fromBundle<typeof import("./main.js")>("main")) ?? (await import("./main.js"));
  const entries = commands.map((entry) => bundledCommand(entry));
  return main(argv, entries, version, terminal);
}

async function runImageCreate(program: string): Promise<number> {
  const bundled = await fromBundle<typeof import("./image-create/image-create.js")>("image-create");
  const { imageCreate } = bundled ?? (await import("./image-create/image-create.js"));
  return imageCreate(program, argv, version, terminal);
}

/** The last stop of every error: ordinary trouble of the machine is told as such, the rest is a bug. */
async function endWith(error: unknown): Promise<void> {
  const { systemFailure } = await import("./system-failure.js");
  const failure = systemFailure(error, terminal);
  if (failure !== undefined) {
    writeTrouble(terminal, failure.message, failure.help);
    process.exit(isImageCreate(process.argv[1] ?? "") ? 1 : 2);
  }
  const { bugReport } = await import("./bug-report.js");
  process.stderr.write(bugReport(error, argv, version, process.env));
  process.exit(BUG);
}
