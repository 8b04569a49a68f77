import { defineCommand } from "../command.js";
import { count } from "../count.js";
import { elementsMeant } from "../project/elements-meant.js";
import { reportFailure, reportFindings } from "../report-failure.js";

export default defineCommand({
  name: "import",
  group: "author",
  summary: "turn element directories into TypeScript definitions",
  description:
    "Each DIR is an element, a directory of elements, or a repository that has such directories. Every element becomes NAME/element.ts, with its scripts and\neverything else that is better kept as a file beside it. What is written is loaded again and compared byte for byte.",
  arguments: [
    { name: "DIR", summary: "elements, directories of elements, or repositories", required: true, variadic: true },
  ],
  options: {
    out: { type: "string", value: "DIR", short: "o", default: "src", summary: "directory of the definitions" },
    noVerify: { type: "boolean", summary: "do not load and compare what was written" },
    force: { type: "boolean", summary: "write into directories that are not empty" },
  },
  examples: [
    { command: "dibkit import elements", does: "imports every element of elements/ into src/" },
    { command: "dibkit import elements/web --out definitions", does: "imports one element" },
    { command: "dibkit import .", does: "imports every element of the repository" },
  ],
  async run({ arguments: { DIR: directories }, options }, terminal) {
    const { resolve } = await import("node:path");
    const outDir = resolve(terminal.cwd, options.out);
    const elements = await elementsMeant(terminal, directories, outDir);
    if (!elements.ok) return reportFailure(terminal, elements.error);
    const { importElements } = await import("@dibkit/compile");
    const report = await importElements({
      elements: elements.value,
      outDir,
      verify: !options.noVerify,
      force: options.force,
      cwd: terminal.cwd,
    });
    await reportFindings(terminal, report.diagnostics);
    if (report.diagnostics.some(({ severity }) => severity === "error")) return 1;
    for (const name of report.imported) terminal.stdout.write(`imported ${options.out}/${name}\n`);
    const imported = `${count(report.imported.length, "element")} imported`;
    terminal.stderr.write(`${imported}${options.noVerify ? "" : "; compiling them gives the same bytes again"}\n`);
    return 0;
  },
});
