/** Width that tables and help are made for. */
export const COLUMNS = 80;

/** Where a command writes to, and what it may know of its context. Commands never touch `process`. */
export interface Terminal {
  /** The result: what another program would read. */
  readonly stdout: NodeJS.WritableStream;
  /** Progress and trouble. */
  readonly stderr: NodeJS.WritableStream;
  readonly stdin: NodeJS.ReadableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path. */
  readonly cwd: string;
  /** Whether a person watches the progress: stderr is a terminal that can move its cursor. */
  readonly isTerminal: boolean;
  /** Whether the result (stdout) may be coloured. */
  readonly color: boolean;
  /** Whether progress and trouble (stderr) may be coloured. */
  readonly colorStderr: boolean;
  /** Width to fold to. */
  readonly columns: number;
  /** Aborted on Ctrl-C and SIGTERM; whoever listens gets to clean up before dibkit ends with 130. */
  readonly signal: AbortSignal;
  /** The words that start this process anew; absent where dibkit is part of another program. */
  readonly self?: readonly string[];
}

interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
}

/** The terminal of this process. `colorFlag` is what `--color` or `--no-color` said. */
export function terminalOf(
  streams: Streams,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
  signal: AbortSignal,
  colorFlag: boolean | undefined,
  self: readonly string[],
): Terminal {
  return {
    ...streams,
    env,
    cwd,
    isTerminal: streams.stderr.isTTY === true && env.TERM !== "dumb" && !env.CI,
    color: mayColor(streams.stdout, env, colorFlag),
    colorStderr: mayColor(streams.stderr, env, colorFlag),
    columns: streams.stderr.columns ?? 100,
    signal,
    self,
  };
}

/** The flag wins, then NO_COLOR and FORCE_COLOR (no-color.org, force-color.org), then whether it is a terminal. */
function mayColor(
  stream: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
  flag: boolean | undefined,
): boolean {
  if (flag !== undefined) return flag;
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return stream.isTTY === true && env.TERM !== "dumb";
}

const red = (text: string, on: boolean) => (on ? `\u001B[31m${text}\u001B[39m` : text);
const yellow = (text: string, on: boolean) => (on ? `\u001B[33m${text}\u001B[39m` : text);
const dim = (text: string, on: boolean) => (on ? `\u001B[2m${text}\u001B[22m` : text);

/** Writes `error: MESSAGE` and a `help:` line to stderr; returns 2 so that a command can end with it. */
export function usageFailure(terminal: Terminal, message: string, help?: string): 2 {
  writeTrouble(terminal, message, help);
  return 2;
}

/** Writes `error: MESSAGE` and a `help:` line to stderr. */
export function writeTrouble(terminal: Terminal, message: string, help?: string): void {
  terminal.stderr.write(`${red("error:", terminal.colorStderr)} ${message}\n`);
  if (help) terminal.stderr.write(`${dim(" help:", terminal.colorStderr)} ${help}\n`);
}

/** Writes `warning: MESSAGE` and a `help:` line to stderr. */
export function writeWarning(terminal: Terminal, message: string, help?: string): void {
  terminal.stderr.write(`${yellow("warning:", terminal.colorStderr)} ${message}\n`);
  if (help) terminal.stderr.write(`${dim("   help:", terminal.colorStderr)} ${help}\n`);
}

/** Writes the last lines of what failed to stderr. */
export function writeTail(terminal: Terminal, tail: readonly string[]): void {
  if (tail.length > 0) terminal.stderr.write(tail.map((line) => `  | ${line}\n`).join(""));
}
