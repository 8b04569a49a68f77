import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { defineCommand } from "../command.js";
import { dibkitVersion } from "../dibkit-version.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "init",
  group: "author",
  summary: "start a project: one element and an image made of it, ready to lint and build",
  description:
    "In a directory with a package.json that is kept: it gets the packages that it lacks. Other files are never changed,\nbut for lines of .gitignore.",
  arguments: [{ name: "DIR", summary: "where to; the working directory by default" }],
  options: {
    name: {
      type: "string",
      value: "NAME",
      summary: "name of the element and the image, by default that of the directory",
    },
  },
  examples: [{ command: "dibkit init acme-web", does: "makes the directory acme-web with a project in it" }],
  async run({ arguments: { DIR }, options }, terminal) {
    const { joinedTemplate, projectTemplate } = await import("../templates/project-template.js");
    const { shellQuote } = await import("@dibkit/exec");
    const { nameProblem, sayWhatIsHidden, writeJoined } = await import("../write-new-files.js");
    const directory = resolve(terminal.cwd, DIR ?? ".");
    const name = options.name ?? basename(directory);
    const problem = nameProblem(name);
    if (problem)
      return usageFailure(terminal, problem, `give ${options.name === undefined ? "one" : "another"} with --name`);
    if (existsSync(join(directory, "dibkit.config.ts"))) {
      const message = `"${DIR ?? "."}" is a project already: it has a dibkit.config.ts`;
      return usageFailure(terminal, message, 'add an element with "dibkit new element"');
    }
    const template = projectTemplate(name, dibkitVersion());
    const kept = ["package.json", "tsconfig.json", ".gitignore"];
    const code = await writeJoined(terminal, directory, template, kept, joinedTemplate);
    if (code !== 0) return code;
    await sayWhatIsHidden(terminal, name);
    const change = DIR === undefined ? "" : `cd ${DIR.startsWith("-") ? "-- " : ""}${shellQuote(DIR)} && `;
    terminal.stderr.write(`next: ${change}npm install && npx dibkit lint && npx dibkit plan ${name}.image.ts\n`);
    return 0;
  },
});
