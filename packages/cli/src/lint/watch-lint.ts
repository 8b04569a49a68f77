import { existsSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import type { ExitCode } from "../command.js";
import { isBelow, isHiddenBelow } from "../project/paths-below.js";
import type { Terminal } from "../terminal.js";
import { type LintRun, runLint } from "./run-lint.js";

/** Lints, and lints again whenever a file below the working directory or the paths changes, until Ctrl-C. */
export async function watchLint(run: LintRun, terminal: Terminal): Promise<ExitCode> {
  const { changesBelow } = await import("@dibkit/compile");
  const { cwd, signal, stderr } = terminal;
  const outside = run.paths.map((path) => resolve(cwd, path)).filter((path) => !isBelow(cwd, path) && existsSync(path));
  const directories = [cwd, ...outside.map((path) => (/\.[cm]?ts$|\.ya?ml$/.test(path) ? dirname(path) : path))];
  const written = new Set(run.reports.flatMap(({ file }) => (file === undefined ? [] : [resolve(cwd, file)])));
  const watched = [...new Set(directories)];
  const changes = await changesBelow(watched, (path) => !written.has(path) && matters(path, watched), signal);
  try {
    while (!signal.aborted) {
      changes.forget();
      await runLint(run, terminal);
      if (!signal.aborted) stderr.write("watching for changes; Ctrl-C ends it\n");
      await changes.next();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await changes.close();
  }
  return 130;
}

/** Hidden files are of no element, but one of them is the configuration; temporary ones are dibkit's own. */
function matters(path: string, watched: readonly string[]): boolean {
  if (path.endsWith(`${sep}.dibkitrc.json`)) return true;
  return !/\.(tmp|dibkit)$/.test(path) && !isHiddenBelow(watched, path);
}
