import { basename, resolve } from "node:path";
import { defineCommand } from "../command.js";
import { dibkitVersion } from "../dibkit-version.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "init",
  group: "author",
  summary: "start a project: one element and an image made of it, ready to lint and build",
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
    const { projectTemplate } = await import("../templates/project-template.js");
    const { nameProblem, writeNewFiles } = await import("../write-new-files.js");
    const directory = resolve(terminal.cwd, DIR ?? ".");
    const name = options.name ?? basename(directory);
    const problem = nameProblem(name);
    if (problem) return usageFailure(terminal, problem, "give one with --name");
    const version = dibkitVersion();
    const code = await writeNewFiles(terminal, directory, projectTemplate(name, version));
    if (code !== 0) return code;
    const change = DIR === undefined ? "" : `cd ${DIR} && `;
    terminal.stderr.write(`next: ${change}npm install && npx dibkit lint && npx dibkit plan ${name}.image.ts\n`);
    return 0;
  },
});
