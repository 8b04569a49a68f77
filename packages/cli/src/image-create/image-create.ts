import { basename, resolve } from "node:path";
import type { BuildOutcome } from "@dibkit/runner";
import { planImage } from "../building/plan-image.js";
import { runInside } from "../run-inside.js";
import type { Terminal } from "../terminal.js";
import { imageCreateHelp } from "./image-create-help.js";
import { imageCreateOptions } from "./image-create-options.js";
import { logLines, upstreamLog } from "./upstream-log.js";

/**
 * The drop-in for `disk-image-create`, and by name for `ramdisk-image-create`: its flags and its exit codes, which are
 * 0, the code of the script that failed, or 1 for anything else. All output goes to standard output, as upstream's.
 */
export async function imageCreate(
  program: string,
  words: readonly string[],
  version: string,
  terminal: Terminal,
): Promise<number> {
  const name = basename(program).replace(/\.js$/, "");
  const { env, stdout, stderr } = terminal;
  const ramdisk = name.endsWith("ramdisk-image-create");
  const request = imageCreateOptions(words, { ramdisk, env });
  switch (request.kind) {
    case "help":
      stdout.write(imageCreateHelp(name, ramdisk));
      return 0;
    case "version":
      stdout.write(`dibkit ${version}\n`);
      return 0;
    case "usage":
      stderr.write(`${name}: ${request.message}\n`);
      return 1;
    case "build":
  }
  const { options, elements } = request;
  // Upstream empties a LOGFILE of the caller before it reads its flags.
  const logFile = options.logfile;
  const log = upstreamLog({
    write: (text) => stdout.write(text),
    env,
    ...(logFile ? { file: resolve(terminal.cwd, logFile) } : {}),
  });
  if (logFile) stdout.write(`Output logs going to: ${logFile}\n`);
  if (elements.length === 0) {
    log("ERROR: At least one distribution root element must be specified");
    return 1;
  }
  const inside = terminal.self && (await runInside("build", {}, terminal, terminal.self));
  if (inside !== undefined) return inside;
  log(`Building elements: ${elements.join(" ")}`);
  const planned = await planImage(terminal, elements, { ...options, logfile: undefined }, true);
  if (!planned.ok) return 1;
  const { startBuild } = await import("@dibkit/runner");
  const { job } = planned.plan;
  const asked = { ...job, request: { ...job.request, arguments: words } };
  const outcome = await startBuild(
    { ...planned.plan, job: asked },
    {
      onEvent: (event) => {
        for (const line of logLines(event)) log(line);
      },
      signal: terminal.signal,
    },
  );
  return report(outcome, log);
}

function report(outcome: BuildOutcome, log: (line: string) => void): number {
  switch (outcome.kind) {
    case "built":
      log("Build completed successfully");
      return 0;
    case "interrupted":
      log("ERROR: interrupted");
      return 130;
    case "stage-failed":
      for (const line of outcome.tail) log(line);
      log(`ERROR: ${outcome.message}`);
      return 1;
    case "script-failed":
      log(`ERROR: ${outcome.message}`);
      return outcome.exitCode === 0 ? 1 : outcome.exitCode;
  }
}
