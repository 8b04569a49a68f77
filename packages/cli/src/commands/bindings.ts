import { defineCommand } from "../command.js";
import { openProject, projectOptions } from "../project/open-project.js";
import { reportFailure } from "../report-failure.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "bindings",
  group: "author",
  summary: "write a small module for each existing element, so that deps and conditions are checked",
  description:
    "The modules say what each element on the path is called, provides and declares. Import them in definitions:\nevery dependency then is one that exists, and every variable of a condition one that is set.",
  options: {
    out: { type: "string", value: "DIR", short: "o", default: "bindings", summary: "directory of the modules" },
    ...projectOptions,
  },
  examples: [
    { command: "dibkit bindings", does: "writes bindings/ for upstream's elements and those on ELEMENTS_PATH" },
    {
      command: "dibkit bindings --elements-path vendor/elements",
      does: "writes them for those in vendor/elements too",
    },
  ],
  async run({ options }, terminal) {
    const { resolve } = await import("node:path");
    const { writeBindings } = await import("@dibkit/compile");
    const project = await openProject(terminal, options);
    if (!project.ok) return reportFailure(terminal, project.error);
    const own = new Set(project.value.elements.map((element) => element.name));
    const elements = new Map([...project.value.catalog.elements].filter(([name]) => !own.has(name)));
    if (elements.size === 0)
      return usageFailure(
        terminal,
        "there is no element on the path",
        "give --elements-path, set ELEMENTS_PATH, or install diskimage-builder",
      );
    const report = await writeBindings(elements, resolve(terminal.cwd, options.out));
    terminal.stdout.write(
      `${options.out}: ${report.written.length} written, ${report.unchanged.length} unchanged, ${report.removed.length} removed\n`,
    );
    return 0;
  },
});
