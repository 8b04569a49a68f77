/** What stands in for a command while a script is tested. */
export interface FakeCommand {
  readonly dibkit: "fake-command";
  /** `forbidden` ones fail the test. */
  readonly kind: "faked" | "forbidden";
  /** What it ends with. */
  readonly exitCode: number;
  /** What it prints on standard output. */
  readonly stdout: string;
  /** What it prints on standard error. */
  readonly stderr: string;
  /** Shell text the fake runs, with the arguments in `$@`, before it ends. */
  readonly run: string;
}

/** What a faked command does; nothing unless stated. */
export interface FakeOptions {
  /** What it ends with; 0 unless stated. */
  readonly exitCode?: number;
  /** What it prints on standard output: `"nginx 1.22.1\\n"`. */
  readonly stdout?: string;
  /** What it prints on standard error. */
  readonly stderr?: string;
  /** Shell text, for a command whose effect the script relies on. */
  readonly run?: string;
}

/** A command that does nothing but be recorded, print what it is told, and end with the exit code it is told. */
export function faked(options: FakeOptions = {}): FakeCommand {
  const { exitCode = 0, stdout = "", stderr = "", run = "" } = options;
  return { dibkit: "fake-command", kind: "faked", exitCode, stdout, stderr, run };
}

/** A command that must not be called: the test fails when it is. */
export const forbidden: FakeCommand = {
  dibkit: "fake-command",
  kind: "forbidden",
  exitCode: 126,
  stdout: "",
  stderr: "this command is forbidden in this test\n",
  run: "",
};

/** One call of a faked or forbidden command. */
export interface CommandCall {
  /** Its name, without a directory. */
  readonly command: string;
  /** Its arguments, as the script gave them. */
  readonly args: readonly string[];
}

/** Where the fakes leave their record, in the fake root. */
export const CALL_LOG = "/run/dibkit/calls";

/** The program that stands in for `name`. Its record is a count, the name and the arguments, each ended by NUL. */
export function fakeProgram(name: string, fake: FakeCommand): string {
  const print = (text: string, to: string) => (text === "" ? [] : [`printf '%s' ${quoted(text)}${to}`]);
  return [
    "#!/bin/bash",
    `printf '%s\\0' "$#" ${quoted(name)} "$@" >> ${CALL_LOG}`,
    ...(fake.run === "" ? [] : [fake.run]),
    ...print(fake.stdout, ""),
    ...print(fake.stderr, " >&2"),
    `exit ${fake.exitCode}`,
    "",
  ].join("\n");
}

/** The calls in a record, in order. */
export function parseCalls(record: string): readonly CommandCall[] {
  const words = record.split("\0").slice(0, -1);
  const calls: CommandCall[] = [];
  for (let at = 0; at < words.length; ) {
    const count = Number(words[at]);
    calls.push({ command: words[at + 1] as string, args: words.slice(at + 2, at + 2 + count) });
    at += 2 + count;
  }
  return calls;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
