import { defineCommand } from "../command.js";
import { reportFindings } from "../report-failure.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "eject",
  group: "author",
  summary: "leave plain element directories, and no trace of dibkit in them",
  description:
    "Compiles the project a last time and removes the record of what dibkit owns. The directories are ordinary\nelements from then on; the TypeScript modules are left for you to delete.",
  arguments: [{ name: "ENTRY", summary: "modules, directories or globs", variadic: true }],
  options: {
    out: { type: "string", value: "DIR", short: "o", default: "elements", summary: "directory of the elements" },
    force: { type: "boolean", summary: "overwrite files that dibkit did not write" },
  },
  examples: [{ command: "dibkit eject", does: "makes elements/ independent of the project" }],
  async run({ arguments: { ENTRY: given }, options }, terminal) {
    const { ejectProject, findConfig } = await import("@dibkit/compile");
    const config = given.length > 0 ? undefined : findConfig(terminal.cwd);
    if (given.length === 0 && config === undefined)
      return usageFailure(
        terminal,
        "there is nothing to eject: no ENTRY is given, and no dibkit.config.ts is here",
        "name a module",
      );
    const report = await ejectProject({
      entries: config === undefined ? given : [config],
      outDir: options.out,
      cwd: terminal.cwd,
      force: options.force,
      signal: terminal.signal,
    });
    await reportFindings(terminal, report.diagnostics);
    if (!report.written) return 1;
    for (const { name } of report.loaded.elements) terminal.stdout.write(`${options.out}/${name}\n`);
    terminal.stderr.write(`these are plain elements now; what defined them can be deleted\n`);
    return 0;
  },
});
