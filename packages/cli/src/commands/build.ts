import type { BuildOutcome } from "@dibkit/build";
import { buildOptions, imageArguments } from "../build-options.js";
import { defineCommand, type ExitCode } from "../command.js";
import { planImage } from "../plan-image.js";
import { reportFindings } from "../report-failure.js";
import { type Terminal, usageFailure, writeTrouble } from "../terminal.js";

export default defineCommand({
  name: "build",
  summary: "build an image from elements or an image definition",
  description:
    "Takes the flags of disk-image-create. Every script's effect is kept as a layer, so a second build runs only what\nchanged. Needs to be root, or in a container that may mount.",
  arguments: imageArguments,
  options: {
    ...buildOptions,
    verbose: { type: "boolean", short: "v", summary: "show everything that scripts print" },
    verify: {
      type: "boolean",
      summary: "build twice from nothing and say which bytes differ, and which script wrote them",
    },
    engine: {
      type: "string",
      value: "ENGINE",
      choices: ["dibkit", "upstream"],
      default: "dibkit",
      summary: "who builds: dibkit, or the installed diskimage-builder in a sandbox",
    },
  },
  examples: [
    { command: "dibkit build vm debian-minimal -o debian", does: "writes debian.qcow2" },
    { command: "dibkit build web-server.image.ts -t qcow2,tar", does: "writes both formats of a defined image" },
    { command: "dibkit build web-server.image.ts --verify", does: "ends with 1 when two builds are not the same" },
  ],
  async run({ arguments: words, options }, terminal) {
    // Before anything large is loaded: whoever starts a build sees at once that it has begun.
    terminal.stderr.write(`checking and planning ${words["ELEMENT|IMAGE"].join(" ")}\n`);
    const planned = await planImage(terminal, words["ELEMENT|IMAGE"], options, options.verbose);
    if (!planned.ok) return planned.exitCode;
    if (options.engine === "upstream") {
      if (options.verify) return usageFailure(terminal, "--verify compares builds of dibkit, not of upstream");
      const { buildWithUpstream } = await import("../build-with-upstream.js");
      return buildWithUpstream(planned.plan, terminal);
    }
    const [{ checkVariables, startBuild }, { createBuildProgress }] = await Promise.all([
      import("@dibkit/build/building"),
      import("../build-progress.js"),
    ]);
    const ignored = checkVariables(planned.plan.job.request.environment);
    if (ignored.length > 0) await reportFindings(terminal, ignored);
    if (options.verify) {
      const { verifyImage } = await import("../verify-image.js");
      return verifyImage(planned.plan, terminal, options.verbose);
    }
    const progress = createBuildProgress(terminal, options.verbose);
    const outcome = await startBuild(planned.plan, { onEvent: progress.show, signal: terminal.signal });
    progress.end();
    return report(terminal, outcome, options.cacheDir);
  },
});

/** Prints the outputs to stdout, or why there are none to stderr. */
function report(terminal: Terminal, outcome: BuildOutcome, cacheDir: string | undefined): ExitCode {
  switch (outcome.kind) {
    case "built":
      terminal.stdout.write(outcome.outputs.map((path) => `${path}\n`).join(""));
      if (terminal.signal.aborted) writeTrouble(terminal, "interrupted, after the image was written");
      return 0;
    case "interrupted":
      writeTrouble(terminal, "interrupted; nothing was left behind", "run the same command again to go on from here");
      return 130;
    case "script-failed":
    case "stage-failed": {
      if (outcome.tail.length > 0) terminal.stderr.write(`${outcome.tail.map((line) => `  | ${line}`).join("\n")}\n`);
      const log = outcome.kind === "script-failed" ? `\n  log: ${outcome.log}` : "";
      const shell = cacheDir === undefined ? "dibkit shell" : `dibkit shell --cache-dir ${cacheDir}`;
      writeTrouble(terminal, `${outcome.message}${log}`, outcome.help?.replace("dibkit shell", shell));
      return 3;
    }
  }
}
