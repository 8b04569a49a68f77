import { release } from "node:os";

/** What dibkit says when it has a bug: short, and complete enough to be pasted into a report. */
export function bugReport(
  error: unknown,
  argv: readonly string[],
  version: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = stack.split("\n");
  const shown = env.DIBKIT_DEBUG ? lines : lines.slice(0, 8);
  return `
this is a bug in dibkit, please report it with the following lines
    command:  dibkit ${argv.join(" ")}
    versions: dibkit ${version}, node ${process.version}, ${process.platform} ${release()}
${shown.map((line) => `    ${line}`).join("\n")}
  help: see "Reporting a bug" in CONTRIBUTING.md; DIBKIT_DEBUG=1 shows the whole trace
`;
}
