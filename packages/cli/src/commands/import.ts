import { defineCommand } from "../command.js";
import { reportFindings } from "../report-failure.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "import",
  group: "author",
  summary: "turn element directories into TypeScript definitions",
  description:
    "Each DIR is an element, or a directory of elements. Every element becomes NAME/element.ts, with its scripts and\neverything else that is better kept as a file beside it. What is written is loaded again and compared byte for byte.",
  arguments: [{ name: "DIR", summary: "elements, or directories of elements", required: true, variadic: true }],
  options: {
    out: { type: "string", value: "DIR", short: "o", default: "src", summary: "directory of the definitions" },
    noVerify: { type: "boolean", summary: "do not load and compare what was written" },
    force: { type: "boolean", summary: "write into directories that are not empty" },
  },
  examples: [
    { command: "dibkit import elements", does: "imports every element of elements/ into src/" },
    { command: "dibkit import elements/web --out definitions", does: "imports one element" },
  ],
  async run({ arguments: { DIR: directories }, options }, terminal) {
    const { resolve } = await import("node:path");
    const { elementsIn, importElements } = await import("@dibkit/compile");
    const found = directories.map((directory) => elementsIn(resolve(terminal.cwd, directory)));
    const missing = directories.find((_, index) => found[index] === undefined);
    if (missing !== undefined)
      return usageFailure(
        terminal,
        `no element in "${missing}"`,
        "give the directory of an element, or one whose sub-directories are elements",
      );
    const elements = [...new Map(found.flatMap((list) => list ?? []).map((each) => [each.name, each])).values()];
    const report = await importElements({
      elements,
      outDir: resolve(terminal.cwd, options.out),
      verify: !options.noVerify,
      force: options.force,
    });
    await reportFindings(terminal, report.diagnostics);
    if (report.diagnostics.some(({ severity }) => severity === "error")) return 1;
    for (const name of report.imported) terminal.stdout.write(`imported ${options.out}/${name}\n`);
    const count = `${report.imported.length} element${report.imported.length === 1 ? "" : "s"}`;
    terminal.stderr.write(
      options.noVerify ? `${count} imported\n` : `${count} imported; compiling them gives the same bytes again\n`,
    );
    return 0;
  },
});
