import { resolve as resolvePath } from "node:path";
import { storeOptions } from "../building/open-store.js";
import { defineCommand } from "../command.js";
import { count } from "../count.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "bisect",
  group: "inspect",
  summary: "find the commit of the elements that broke an image",
  description:
    "Goes through the git history of the directory that it is run in by halves: checks a commit out into a worktree of its\nown, builds, and runs a command, which says by its exit code whether the image is good. Layers are used again, so a\nbuild costs what the commit changed. A commit that cannot be built is skipped.",
  arguments: [{ name: "ELEMENT|IMAGE", summary: "what to build, as for a build", required: true, variadic: true }],
  options: {
    good: { type: "string", value: "REF", summary: "a commit at which the image was good" },
    bad: { type: "string", value: "REF", default: "HEAD", summary: "a commit at which it is not" },
    run: {
      type: "string",
      value: "COMMAND",
      summary: 'command line that ends with 0 when the image is good; its path is "$IMAGE"',
    },
    build: {
      ...{ type: "string", value: "WORDS", default: "" },
      summary: 'further words of the builds, such as "-n -t tar"',
    },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    ...storeOptions,
  },
  examples: [
    {
      command: "dibkit bisect web.image.ts --good v1.4 --run 'dibkit boot \"$IMAGE\" --http 80/'",
      does: "names the commit since v1.4 after which nothing answers any more",
    },
  ],
  async run({ arguments: words, options }, terminal) {
    const { good, run } = options;
    if (good === undefined || run === undefined)
      return usageFailure(
        terminal,
        `bisect needs ${good === undefined ? "a good commit" : "a command to run"}`,
        good === undefined ? "name it with --good REF" : "give it with --run COMMAND",
      );
    if (terminal.self === undefined) return usageFailure(terminal, "bisect only runs as a command of its own");
    // The words of this command end it; the builds have their own.
    const self = terminal.self.slice(0, terminal.self.indexOf("bisect"));
    const [{ createCommandRunner }, { bisectElements }] = await Promise.all([
      import("@dibkit/exec"),
      import("../proof/bisect-elements.js"),
    ]);
    const outcome = await bisectElements(
      {
        ...{ words: words["ELEMENT|IMAGE"], good, bad: options.bad, run, build: options.build },
        ...{ cwd: terminal.cwd, self, env: terminal.env, signal: terminal.signal },
        cacheDir: options.cacheDir === undefined ? undefined : resolvePath(terminal.cwd, options.cacheDir),
      },
      createCommandRunner(),
      (line) => terminal.stderr.write(`${line}\n`),
    );
    if (!outcome.ok) return usageFailure(terminal, outcome.error.message, outcome.error.help);
    const { commit, tested, files } = outcome.value;
    const text = [
      `${commit.id} is the first bad commit: ${commit.subject}`,
      ...files.map((file) => `  ${file}`),
      `${count(tested.length, "build")}, ${count(tested.filter(({ verdict }) => verdict !== "untestable").length, "run")}`,
    ];
    terminal.stdout.write(
      options.format === "json"
        ? `${JSON.stringify({ version: 1, ...outcome.value }, null, 2)}\n`
        : `${text.join("\n")}\n`,
    );
    return 0;
  },
});
