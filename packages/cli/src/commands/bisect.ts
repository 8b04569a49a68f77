import { statSync } from "node:fs";
import { resolve as resolvePath } from "node:path";
import { openStore, storeOptions } from "../building/open-store.js";
import { defineCommand, type ExitCode } from "../command.js";
import { count } from "../count.js";
import type { BisectOutcome } from "../proof/bisect-elements.js";
import type { LocksOutcome } from "../proof/bisect-locks.js";
import type { UpstreamOutcome } from "../proof/bisect-upstream.js";
import { readLock } from "../proof/read-lock.js";
import { type Terminal, usageFailure } from "../terminal.js";

export default defineCommand({
  name: "bisect",
  group: "inspect",
  summary: "find the commit, the package or the version of upstream that broke an image",
  description:
    "Goes through the git history of the directory that it is run in by halves: checks a commit out into a worktree of its\nown, builds, and runs a command, which says by its exit code whether the image is good. Layers are used again, so a\nbuild costs what the commit changed. A commit that cannot be built is skipped. With --upstream it goes through\ninstallations of diskimage-builder instead, with the files of two locks through the packages in which these differ: the\nimage is built from the older lock, and more or fewer of the newer packages are installed on it, dependencies first. The\nelements stay as they are then.",
  arguments: [{ name: "ELEMENT|IMAGE", summary: "what to build, as for a build", required: true, variadic: true }],
  options: {
    good: {
      type: "string",
      value: "REF",
      summary: "a commit at which the image was good, or the file of its lock then",
    },
    bad: { type: "string", value: "REF", default: "HEAD", summary: "a commit at which it is not, or its lock now" },
    upstream: {
      ...{ type: "string", value: "DIR", repeatable: true },
      summary: "a diskimage-builder to go through instead, several times: the first is good, the last is not",
    },
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
    {
      command: "dibkit bisect web.image.ts --good may.lock --bad dibkit.lock \\\n    --run 'dibkit boot \"$IMAGE\"'",
      does: "names the first package since May after which it does not boot",
    },
    {
      command:
        "dibkit bisect vm debian --upstream dib-3.13 --upstream dib-3.37 \\\n    --upstream dib-3.40 --run './check'",
      does: "names the first of these versions with which the check fails",
    },
  ],
  async run({ arguments: words, options }, terminal) {
    const { good, run, upstream } = options;
    if ((good === undefined && upstream.length === 0) || run === undefined)
      return usageFailure(
        terminal,
        `bisect needs ${run === undefined ? "a command to run" : "a good commit"}`,
        run === undefined ? "give it with --run COMMAND" : "name it with --good REF, or versions with --upstream DIR",
      );
    if (good !== undefined && upstream.length > 0)
      return usageFailure(terminal, "--good and --upstream exclude each other", "go through one of the two at a time");
    if (terminal.self === undefined) return usageFailure(terminal, "bisect only runs as a command of its own");
    const request = {
      ...{ words: words["ELEMENT|IMAGE"], run, build: options.build },
      // The words of this command end it; the builds have their own.
      self: terminal.self.slice(0, terminal.self.indexOf("bisect")),
      ...{ cwd: terminal.cwd, env: terminal.env, signal: terminal.signal },
      cacheDir: options.cacheDir === undefined ? undefined : resolvePath(terminal.cwd, options.cacheDir),
    };
    const commands = (await import("@dibkit/exec")).createCommandRunner();
    const tell = (line: string) => terminal.stderr.write(`${line}\n`);
    const finish = (outcome: BisectOutcome | LocksOutcome | UpstreamOutcome, lines: readonly string[]): ExitCode => {
      const { tested } = outcome;
      const runs = tested.filter(({ verdict }) => verdict !== "untestable").length;
      const text = [...lines, `${count(tested.length, "build")}, ${count(runs, "run")}`].join("\n");
      const json = () => JSON.stringify({ version: 1, ...outcome }, null, 2);
      terminal.stdout.write(`${options.format === "json" ? json() : text}\n`);
      return 0;
    };
    if (good !== undefined && isFile(terminal, good)) {
      const [before, after] = [await readLock(terminal, good), await readLock(terminal, options.bad)];
      if (before === undefined || after === undefined) return 2;
      const { contentStore, contentsDirectory } = await import("@dibkit/runner");
      const { bisectLocks, describeUpdate } = await import("../proof/bisect-locks.js");
      const { find } = contentStore(contentsDirectory((await openStore(terminal, options.cacheDir)).directory));
      const locks = { before, after, lockFile: resolvePath(terminal.cwd, good), find };
      const outcome = await bisectLocks({ ...request, ...locks }, commands, tell);
      if (!outcome.ok) return usageFailure(terminal, outcome.error.message, outcome.error.help);
      const { updates, changes } = outcome.value;
      const [first] = updates;
      const line =
        updates.length === 1 && first !== undefined ? `${describeUpdate(first)} is the first bad change` : "";
      const several = `one of these is the first bad change: ${updates.map(({ source }) => source).join(" ")}`;
      return finish(outcome.value, [line || several, `  of ${count(changes, "source package")} that differ`]);
    }
    if (good === undefined) {
      const { bisectUpstream, nameOf } = await import("../proof/bisect-upstream.js");
      const outcome = await bisectUpstream(request, upstream, commands, tell);
      if (!outcome.ok) return usageFailure(terminal, outcome.error.message, outcome.error.help);
      const { upstream: first, lastGood } = outcome.value;
      const line = `${nameOf(first)} is the first bad version, ${nameOf(lastGood)} the last good one that was tested`;
      return finish(outcome.value, [line, `  ${first.directory}`]);
    }
    const { bisectElements } = await import("../proof/bisect-elements.js");
    const outcome = await bisectElements({ ...request, good, bad: options.bad }, commands, tell);
    if (!outcome.ok) return usageFailure(terminal, outcome.error.message, outcome.error.help);
    const { commit, files } = outcome.value;
    return finish(outcome.value, [
      `${commit.id} is the first bad commit: ${commit.subject}`,
      ...files.map((file) => `  ${file}`),
    ]);
  },
});

/** Locks are named by their files, and commits by words that no file has. */
function isFile({ cwd }: Terminal, word: string): boolean {
  return statSync(resolvePath(cwd, word), { throwIfNoEntry: false })?.isFile() === true;
}
