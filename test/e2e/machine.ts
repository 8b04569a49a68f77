import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type { Machine } from "@dibkit/testing";
import { expect } from "vitest";
import { dibkit, type ProgramRun, type RunOptions } from "./dibkit.js";

/** What a machine said of itself: the output of each command, on one line, by the command's name. */
export type Report = Readonly<Record<string, string>>;

/** A shell script for the machine: `sh SCRIPT NAME` runs the commands and prints what they say as the report NAME. */
export function reportScript(commands: Readonly<Record<string, string>>): string {
  const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return [
    // The words of the output, with one blank between them.
    `say() { set -f; set -- "$1" $(set +f; eval "$2" 2>&1); set +f; printf "%s=" "$1"; shift; printf "%s\\n" "$*"; }`,
    // What the kernel says would come between the lines.
    "dmesg -n 1",
    `echo "BEGIN $1"`,
    ...Object.entries(commands).map(([name, command]) => `say ${name} ${quoted(command)}`),
    `echo "END $1"`,
    "",
  ].join("\n");
}

/** Has a machine of `boot` carry out commands, all at one go. */
export async function reportOf(machine: Machine, commands: Readonly<Record<string, string>>): Promise<Report> {
  const { stdout, stderr } = await machine.run(`set -- asked\n${reportScript(commands)}`, { timeoutSeconds: 1800 });
  const { asked } = reportsIn(stdout);
  expect(asked, stderr).toBeDefined();
  return asked ?? {};
}

/** Moves down in GRUB's menu. */
export const CTRL_N = "\u000e";

/** Logs in at the console, as `--send` takes it, once `login:` was seen. */
export const logIn = (user: string, password: string) => [`${user}=>Password:`, `${password}=># $`];

/** Makes a report with a script that `reportScript` wrote. */
export const report = (script: string, name: string) => `sh ${script} ${name}=>END ${name}`;

export interface BootWords {
  readonly log: string;
  /** Flags of `dibkit boot`. */
  readonly flags: readonly string[];
  /** Values of `--send`, one after the other: one boot answers many questions. */
  readonly sends: readonly string[];
}

/**
 * Boots an image, has it do what is sent, and gives its reports by name. Fails with where the machine was. `start` runs
 * the command line as somebody else.
 */
export async function bootMachine(
  image: string,
  { log, flags, sends }: BootWords,
  options: RunOptions = {},
  start: (argv: readonly string[], options: RunOptions) => Promise<ProgramRun> = dibkit,
): Promise<Readonly<Record<string, Report>>> {
  // It ends a machine that hangs, also where nothing but software emulation beside two busy programs is to be had.
  const words = ["boot", image, "--log", log, "--timeout", "2700", ...flags];
  const run = await start([...words, ...sends.flatMap((exchange) => ["--send", exchange])], options);
  expect(run, run.stderr).toMatchObject({ exitCode: 0 });
  const console = stripVTControlCharacters(readFileSync(log, "utf8")).replaceAll("\r", "");
  return reportsIn(console);
}

function reportsIn(text: string): Readonly<Record<string, Report>> {
  const reports = [...text.matchAll(/^BEGIN (\w+)\n(.*?)^END \1$/gms)].map(([, name, body]) => {
    const lines = [...(body as string).matchAll(/^(\w+)=(.*)$/gm)];
    return [name as string, Object.fromEntries(lines.map(([, key, value]) => [key, value]))] as const;
  });
  return Object.fromEntries(reports);
}
