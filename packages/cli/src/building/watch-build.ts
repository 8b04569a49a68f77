import { existsSync } from "node:fs";
import { basename, delimiter, dirname, extname, join, resolve } from "node:path";
import type { BuildPlan } from "@dibkit/runner";
import type { ExitCode } from "../command.js";
import { lintOnce } from "../lint/lint-once.js";
import { isBelow, isHiddenBelow } from "../project/paths-below.js";
import { findProjectRoot } from "../project/project-root.js";
import { MODULE } from "../project/select-image.js";
import { reportFailure, reportFindings } from "../report-failure.js";
import type { Terminal } from "../terminal.js";
import type { BuildOptionValues } from "./build-options.js";
import { buildPlanned } from "./build-planned.js";
import { planImage } from "./plan-image.js";

/** How a round ended, in the words of its last line. */
type Round = "built" | "not built" | "failed";

/**
 * Lints, compiles and builds an image, and does it again whenever a file of its project or of its elements changes, until
 * Ctrl-C. What changes during a round is taken up after it; a round that fails is told, and the next one waits for a
 * change too.
 */
export async function watchBuild(
  terminal: Terminal,
  words: readonly string[],
  options: BuildOptionValues & { readonly verbose: boolean },
): Promise<ExitCode> {
  const { changesBelow } = await import("@dibkit/compile");
  const { cwd, signal, stderr } = terminal;
  const modules = words.flatMap((word) => MODULE.exec(word)?.[1] ?? []).map((path) => resolve(cwd, path));
  const elements = elementDirectories(terminal, options.elementsPath);
  const { root } = findProjectRoot(terminal, options.project);
  const directories = outermost([cwd, root, ...modules.map((path) => dirname(path)), ...elements.all]);
  // A build writes beside the sources; that is no change of them.
  let written: string | undefined;
  const isWritten = (path: string) =>
    (written !== undefined && path.startsWith(`${written}.`)) ||
    [options.cacheDir, options.imageCache, options.logfile].some(
      (own) => own !== undefined && isBelow(resolve(cwd, own), path),
    );
  const changes = await changesBelow(directories, (path) => !isWritten(path) && isSource(path, directories), signal);
  const onPlan = (plan: BuildPlan) => {
    written = withoutSuffix(plan.document.outputs[0] ?? plan.document.image);
  };
  const paths = [...elements.named, ...modules];
  try {
    while (!signal.aborted) {
      changes.forget();
      const started = Date.now();
      const round = await runRound(terminal, words, options, paths, onPlan);
      if (signal.aborted) break;
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      stderr.write(`${round} after ${seconds} s; watching for changes, Ctrl-C ends it\n`);
      await changes.next();
    }
  } finally {
    await changes.close();
  }
  return 130;
}

async function runRound(
  terminal: Terminal,
  words: readonly string[],
  options: BuildOptionValues & { readonly verbose: boolean },
  paths: readonly string[],
  onPlan: (plan: BuildPlan) => void,
): Promise<Round> {
  const wanted = { paths: paths.filter((path) => existsSync(path)), elementsPath: options.elementsPath, only: [] };
  const linted = await lintOnce({ ...wanted, preset: undefined, shellcheck: false, change: undefined }, terminal);
  if (!linted.ok) {
    await reportFailure(terminal, linted.error);
    return "not built";
  }
  const { diagnostics } = linted.value.result;
  await reportFindings(terminal, diagnostics);
  if (diagnostics.some(({ severity }) => severity === "error") || terminal.signal.aborted) return "not built";
  const planned = await planImage(terminal, words, options, options.verbose);
  if (!planned.ok || terminal.signal.aborted) return "not built";
  onPlan(planned.plan);
  return (await buildPlanned(terminal, planned.plan, options)) === 0 ? "built" : "failed";
}

/** Directories of elements: those of the command line, which are linted, and those of ELEMENTS_PATH too. */
function elementDirectories({ cwd, env }: Terminal, given: readonly string[]) {
  const absolute = (path: string) =>
    path
      .split(delimiter)
      .filter((one) => one !== "")
      .map((one) => resolve(cwd, one));
  const named = given.flatMap(absolute);
  return { named, all: [...named, ...absolute(env.ELEMENTS_PATH ?? "")] };
}

/** Those that are there, without those below others. */
function outermost(directories: readonly string[]): readonly string[] {
  const there = [...new Set(directories)].filter((path) => existsSync(path));
  return there.filter((path) => !there.some((other) => other !== path && isBelow(other, path)));
}

/** Hidden files, packages of npm, and what editors and dibkit keep beside a file while it is written, are no sources. */
function isSource(path: string, directories: readonly string[]): boolean {
  if (basename(path) === ".dibkitrc.json") return true;
  return !/~$|\.(tmp|new|swp|dibkit)$/.test(path) && !isHiddenBelow(directories, path);
}

/** `/srv/image.qcow2` is written beside `/srv/image.d`: the common beginning. */
function withoutSuffix(output: string): string {
  const name = basename(output, extname(output));
  return join(dirname(output), name);
}
