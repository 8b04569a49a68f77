import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import { execa } from "execa";
import { createOutputSink, type OutputOptions, type OutputStream } from "./output-sink.js";
import { createOutputTail, KEPT_TAIL_LINES } from "./output-tail.js";

export interface CommandOptions extends OutputOptions {
  /** The whole environment of the command: nothing is inherited, undefined is not set. Default: dibkit's own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** What the command reads on its standard input; default nothing. */
  readonly input?: string | Uint8Array | Readable;
  /**
   * Gets standard output as bytes, as it arrives; nothing of it is kept, and no lines are made of it. While what it
   * returns has not resolved, nothing more is read, so a fast command waits for a slow reader.
   */
  readonly onBytes?: (chunk: Buffer) => unknown;
  /** Kills the command (SIGTERM, then SIGKILL after five seconds) when aborted. */
  readonly signal?: AbortSignal;
  /**
   * Standard output goes to this file, which is made anew, and nobody here sees it. Throws what the system says when the
   * file cannot be opened.
   */
  readonly outputFile?: string;
  /** `inherit` gives the command the terminal, for interactive shells. */
  readonly stdio?: "pipe" | "inherit";
}

export interface CommandResult {
  readonly argv: readonly string[];
  /** At most the last 4 MiB of standard output, as UTF-8. */
  readonly stdout: string;
  /** Wall time in seconds. */
  readonly seconds: number;
}

interface FailureBase {
  readonly argv: readonly string[];
  /** The last lines of both streams, oldest first. */
  readonly tail: readonly string[];
}

/** Every way a command can go wrong. */
export type CommandFailure =
  | (FailureBase & { readonly kind: "exited"; readonly exitCode: number })
  | (FailureBase & { readonly kind: "killed"; readonly signalName: string })
  | (FailureBase & { readonly kind: "not-found"; readonly program: string })
  | (FailureBase & { readonly kind: "aborted" });

/** The only way to other programs. */
export interface CommandRunner {
  run(argv: readonly string[], options?: CommandOptions): Promise<Result<CommandResult, CommandFailure>>;
}

const KEPT_STDOUT_BYTES = 4 * 1024 * 1024;

/** Exit status as a shell would report it. */
export function exitCodeOf(failure: CommandFailure): number {
  switch (failure.kind) {
    case "exited":
      return failure.exitCode;
    case "killed":
      return 128 + ((constants.signals as Record<string, number>)[failure.signalName] ?? 0);
    case "not-found":
      return 127;
    case "aborted":
      return 130;
  }
}

/** One sentence about a failure, for messages: `mkfs.ext4 -q /dev/loop0p1 failed with exit code 1`. */
export function describeFailure(failure: CommandFailure): string {
  const command = failure.argv.join(" ");
  switch (failure.kind) {
    case "exited":
      return `"${command}" failed with exit code ${failure.exitCode}`;
    case "killed":
      return `"${command}" was killed by ${failure.signalName}`;
    case "not-found":
      return `program "${failure.program}" was not found`;
    case "aborted":
      return `"${command}" was interrupted`;
  }
}

/** Runs real processes; streams their output and never holds more than a tail of it. */
export function createCommandRunner(defaults: Pick<CommandOptions, "env" | "cwd" | "signal"> = {}): CommandRunner {
  return { run: (argv, options = {}) => runCommand(argv, { ...defaults, ...options }) };
}

async function runCommand(
  argv: readonly string[],
  options: CommandOptions,
): Promise<Result<CommandResult, CommandFailure>> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error("a command needs a program");
  if (options.signal?.aborted) return err({ kind: "aborted", argv, tail: [] });
  const { outputFile } = options;
  // The command gets the file itself: its bytes would otherwise all go through this process.
  const file = outputFile === undefined ? undefined : openSync(outputFile, "w");
  try {
    return await runProcess([program, ...args], file, options);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

async function runProcess(
  argv: readonly [program: string, ...args: string[]],
  file: number | undefined,
  options: CommandOptions,
): Promise<Result<CommandResult, CommandFailure>> {
  const [program, ...args] = argv;
  const started = performance.now();
  const tail = createOutputTail(KEPT_TAIL_LINES);
  const kept = createByteTail(KEPT_STDOUT_BYTES);
  const child = execa(program, args, {
    ...(options.env ? { env: options.env, extendEnv: false } : {}),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    ...(options.stdio === "inherit"
      ? { stdio: "inherit" as const }
      : { ...inputOption(options.input), stdout: outputOption(file), stderr: "pipe" }),
    buffer: false,
    reject: false,
    forceKillAfterDelay: 5000,
    stripFinalNewline: false,
  });
  const watch = (stream: Readable | null | undefined, name: OutputStream) => {
    const split = createOutputSink(tail, name, options);
    stream?.on("data", (chunk: Buffer) => {
      if (name === "stdout" && options.filter === undefined) kept.add(chunk);
      split.write(chunk);
    });
    stream?.on("end", () => split.end());
  };
  const { onBytes } = options;
  if (onBytes === undefined) watch(child.stdout as Readable | null, "stdout");
  const taken = onBytes === undefined ? undefined : passBytes(child.stdout as Readable | null, onBytes);
  watch(child.stderr as Readable | null, "stderr");
  const result = await child;
  const failure = await taken;
  if (failure !== undefined) throw failure.thrown;
  const base = { argv, tail: tail.lines() };
  if (result.isCanceled) return err({ kind: "aborted", ...base });
  if (result.code === "ENOENT" && result.exitCode === undefined && result.signal === undefined) {
    return err({ kind: "not-found", program, ...base });
  }
  if (result.signal !== undefined) return err({ kind: "killed", signalName: result.signal, ...base });
  if (result.exitCode === undefined) {
    const reason = result.shortMessage ?? "the command could not be started";
    return err({ kind: "exited", exitCode: 126, argv, tail: [...base.tail, reason] });
  }
  if (result.exitCode !== 0) return err({ kind: "exited", exitCode: result.exitCode, ...base });
  return ok({ argv, stdout: kept.text(), seconds: (performance.now() - started) / 1000 });
}

/** Resolves when the last bytes have been taken; gives what the reader threw, upon which it reads no more. */
async function passBytes(
  stream: Readable | null,
  onBytes: NonNullable<CommandOptions["onBytes"]>,
): Promise<{ readonly thrown: unknown } | undefined> {
  let failure: { readonly thrown: unknown } | undefined;
  try {
    for await (const chunk of (stream ?? []) as AsyncIterable<Buffer>) {
      try {
        await onBytes(chunk);
      } catch (thrown) {
        failure = { thrown };
        break;
      }
    }
  } catch {
    // The stream of a killed command ends in the middle, which its exit status tells.
  }
  return failure;
}

/** The types of execa have the descriptors from 3 to 9 only; it takes any. */
function outputOption(file: number | undefined): "pipe" | 3 {
  return file === undefined ? "pipe" : (file as 3);
}

function inputOption(input: CommandOptions["input"]) {
  if (input === undefined) return { stdin: "ignore" as const };
  if (typeof input === "string" || input instanceof Uint8Array) return { input };
  return { input };
}

function createByteTail(limit: number) {
  let chunks: Buffer[] = [];
  let size = 0;
  return {
    add(chunk: Buffer) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit * 2) {
        chunks = [Buffer.concat(chunks).subarray(-limit)];
        size = limit;
      }
    },
    text: () => Buffer.concat(chunks).subarray(-limit).toString("utf8"),
  };
}
