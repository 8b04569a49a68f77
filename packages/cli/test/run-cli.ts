import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { CommandEntry } from "../src/command.js";
import { commands as allCommands } from "../src/commands/index.js";
import { main } from "../src/main.js";

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `dibkit ARGV…` in this process, without colour and not as a terminal. */
export async function runCli(
  argv: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly commands?: readonly CommandEntry[];
    readonly signal?: AbortSignal;
  } = {},
): Promise<CliRun> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const outputs = Promise.all([text(stdout), text(stderr)]);
  let exitCode: number;
  try {
    exitCode = await main(argv, options.commands ?? allCommands, "0.0.0-test", {
      stdout,
      stderr,
      stdin: process.stdin,
      env: options.env ?? process.env,
      cwd: options.cwd ?? process.cwd(),
      isTerminal: false,
      color: false,
      colorStderr: false,
      columns: 120,
      signal: options.signal ?? new AbortController().signal,
    });
  } finally {
    stdout.end();
    stderr.end();
  }
  const [out, errors] = await outputs;
  return { exitCode, stdout: out, stderr: errors };
}
