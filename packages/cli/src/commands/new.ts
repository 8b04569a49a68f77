import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineCommand } from "../command.js";
import { findProjectRoot } from "../project/project-root.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "new",
  group: "author",
  summary: "add an element to the project, ready to lint and build",
  arguments: [
    { name: "KIND", summary: "what to add", required: true, choices: ["element"] },
    { name: "NAME", summary: "its name", required: true },
  ],
  options: {
    project: {
      type: "string",
      value: "DIR",
      summary: "the project's directory, by default the nearest one with a dibkit.config.ts",
    },
  },
  examples: [{ command: "dibkit new element acme-web", does: "writes src/elements/acme-web.ts" }],
  async run({ arguments: { NAME: name }, options }, terminal) {
    const { elementTemplate } = await import("../templates/element-template.js");
    const { nameProblem, sayWhatIsHidden, writeNewFiles } = await import("../write-new-files.js");
    const problem = nameProblem(name);
    if (problem) return usageFailure(terminal, problem);
    const { root, config } = findProjectRoot(terminal, options.project);
    if (config === undefined) {
      return usageFailure(
        terminal,
        `no dibkit.config.ts in "${root}"${options.project === undefined ? " or above it" : ""}`,
        'start a project with "dibkit init"',
      );
    }
    const { SOURCES } = await import("../templates/project-template.js");
    // Projects of earlier versions have their modules where this one compiles to.
    const ofEarlierVersions = !existsSync(join(root, SOURCES)) && modulesIn(join(root, "elements")).length > 0;
    const path = `${ofEarlierVersions ? "elements" : SOURCES}/${name}.ts`;
    const code = await writeNewFiles(terminal, root, { [path]: elementTemplate(name) });
    if (code === 0) await sayWhatIsHidden(terminal, name);
    return code;
  },
});

function modulesIn(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith(".ts")) : [];
}
