import { type AnyCommand, COMMAND_GROUPS, type CommandEntry, type ExitCode } from "./command.js";
import { type ParsedArguments, parseArguments } from "./parse-arguments.js";
import type { Terminal } from "./terminal.js";
import { COLUMNS, usageFailure } from "./terminal.js";

/** Runs `dibkit ARGV…` and returns the exit code. Throws only what is a bug in dibkit, or what Ctrl-C has ended. */
export async function main(
  argv: readonly string[],
  commands: readonly CommandEntry[],
  version: string,
  terminal: Terminal,
): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h") {
    (name === undefined ? terminal.stderr : terminal.stdout).write(overview(commands));
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-V") {
    terminal.stdout.write(`dibkit ${version}\n`);
    return 0;
  }
  if (name === "help")
    return main(rest[0] === undefined ? ["--help"] : [rest[0], "--help"], commands, version, terminal);
  const entry = commands.find((command) => command.name === name);
  if (!entry) return unknownCommand(name, commands, terminal);
  const command = (await entry.load()).default;
  const parsed = parseArguments(command, rest);
  switch (parsed.kind) {
    case "help":
      terminal.stdout.write(parsed.text);
      return 0;
    case "usage":
      return usageFailure(terminal, parsed.message, parsed.help);
    case "run":
      return (await runInside(command, parsed, terminal)) ?? runCommand(command, parsed, terminal);
  }
}

/** The exit code of the whole command, when it has run in a user namespace. */
async function runInside(
  command: AnyCommand,
  { options }: Extract<ParsedArguments, { readonly kind: "run" }>,
  terminal: Terminal,
): Promise<ExitCode | undefined> {
  if (command.namespace === undefined || terminal.self === undefined) return undefined;
  const { runInside } = await import("./run-inside.js");
  return runInside(command.namespace, options, terminal, terminal.self);
}

/** What the operating system refuses is told as any failure; everything else that is thrown is a bug. */
async function runCommand(
  command: AnyCommand,
  parsed: Extract<ParsedArguments, { readonly kind: "run" }>,
  terminal: Terminal,
): Promise<ExitCode> {
  try {
    return await command.run(parsed, terminal);
  } catch (error) {
    if (terminal.signal.aborted) throw error;
    const { systemFailure } = await import("./system-failure.js");
    const failure = systemFailure(error, terminal, { command, ...parsed });
    if (failure === undefined) throw error;
    return usageFailure(terminal, failure.message, failure.help);
  }
}

function overview(commands: readonly CommandEntry[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const groups = Object.entries(COMMAND_GROUPS).flatMap(([group, title]) => {
    const members = commands.filter((command) => command.group === group);
    const lines = members.map(({ name, summary }) => `  ${name.padEnd(width)}  ${hanging(summary, width + 4)}`);
    return lines.length === 0 ? [] : [`${title}:\n${lines.join("\n")}\n`];
  });
  return `Usage: dibkit COMMAND [options]

The TypeScript toolkit for diskimage-builder elements.

${groups.join("\n")}
Options:
  --help       show this help; "dibkit COMMAND --help" shows that of a command
  --version    show the version
  --no-color   never colour; --color always colours
`;
}

/** The text in lines that fit beside a margin, in which the first has its beginning already. */
function hanging(text: string, margin: number): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line === "") lines[lines.length - 1] = word;
    else if (margin + line.length + 1 + word.length <= COLUMNS) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${" ".repeat(margin)}`);
}

async function unknownCommand(name: string, commands: readonly CommandEntry[], terminal: Terminal): Promise<ExitCode> {
  const { nearestName } = await import("@dibkit/model");
  const meant = nearestName(
    name,
    commands.map((command) => command.name),
  );
  const kind = name.startsWith("-") ? "option" : "command";
  return usageFailure(
    terminal,
    `dibkit has no ${kind} "${name}"`,
    meant ? `did you mean "dibkit ${meant}"?` : 'run "dibkit --help"',
  );
}
