import type { CompileReport } from "@dibkit/compile";
import { defineCommand } from "../command.js";
import { count } from "../count.js";
import { reportFindings } from "../report-failure.js";
import { type Terminal, usageFailure } from "../terminal.js";

export default defineCommand({
  name: "compile",
  group: "author",
  summary: "write TypeScript elements as directories that diskimage-builder reads",
  description:
    "Each ENTRY is a module, a directory or a glob; without one, the project's dibkit.config.ts. Only what differs is\nwritten, element by element as a whole; what dibkit wrote before and is no longer defined is removed; files that\nare not dibkit's are never touched.",
  arguments: [{ name: "ENTRY", summary: "modules, directories or globs", variadic: true }],
  options: {
    out: { type: "string", value: "DIR", short: "o", default: "elements", summary: "directory of the elements" },
    check: { type: "boolean", summary: "write nothing; print what differs and fail when something does" },
    watch: { type: "boolean", summary: "compile again whenever a file of the project changes" },
    force: { type: "boolean", summary: "overwrite files that dibkit did not write" },
    noTypecheck: { type: "boolean", summary: "skip the checks of the TypeScript compiler" },
  },
  examples: [
    { command: "dibkit compile", does: "compiles the project into elements/" },
    { command: "dibkit compile web.ts --out build/elements", does: "compiles the elements that one module exports" },
    { command: "dibkit compile --check", does: "fails when elements/ is out of date, for CI" },
  ],
  async run({ arguments: { ENTRY: given }, options }, terminal) {
    const { compileProject, findConfig, watchProject } = await import("@dibkit/compile");
    const config = given.length > 0 ? undefined : findConfig(terminal.cwd);
    if (given.length === 0 && config === undefined)
      return usageFailure(
        terminal,
        "there is nothing to compile: no ENTRY is given, and no dibkit.config.ts is here",
        'name a module, or run "dibkit init"',
      );
    const common = {
      entries: config === undefined ? given : [config],
      outDir: options.out,
      cwd: terminal.cwd,
      force: options.force,
      typecheck: !options.noTypecheck,
      signal: terminal.signal,
    };
    if (options.watch && options.check)
      return usageFailure(terminal, "--watch and --check exclude each other", "give one of the two");
    if (options.watch) {
      await watchProject({ ...common, onReport: async (report) => void (await tell(report, options.out, terminal)) });
      return 130;
    }
    const report = await compileProject({ ...common, check: options.check });
    if (!options.check) return tell(report, options.out, terminal);
    await reportFindings(terminal, report.diagnostics);
    terminal.stdout.write(await report.diff());
    if (failed(report)) return 1;
    const files = report.changes.length;
    terminal.stderr.write(
      files === 0 ? `${options.out} is up to date\n` : `${options.out} is out of date: ${count(files, "file")}\n`,
    );
    return files === 0 ? 0 : 1;
  },
});

async function tell(report: CompileReport, out: string, terminal: Terminal): Promise<0 | 1> {
  await reportFindings(terminal, report.diagnostics);
  if (failed(report)) return 1;
  const elements = new Set(report.changes.map((change) => change.element));
  for (const element of elements) {
    const changes = report.changes.filter((change) => change.element === element);
    const gone = !report.loaded.elements.some(({ name }) => name === element);
    terminal.stdout.write(`${gone ? "removed" : "wrote"} ${out}/${element} (${count(changes.length, "file")})\n`);
  }
  const unchanged = report.loaded.elements.filter(({ name }) => !elements.has(name)).length;
  terminal.stderr.write(`${count(report.loaded.elements.length, "element")}, ${unchanged} unchanged\n`);
  return 0;
}

function failed(report: CompileReport): boolean {
  return report.diagnostics.some((diagnostic) => diagnostic.severity === "error");
}
