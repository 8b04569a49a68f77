import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative, resolve, sep } from "node:path";
import { applyBaseline, createBaseline, type LintResult } from "@dibkit/lint";
import type { Result } from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import { type Change, type ChangeFailure, checkOut } from "./changed-files.js";
import type { SessionFailure } from "./lint-session.js";

/** What was linted, so that it can be linted as it was. */
export interface LintedPaths {
  readonly paths: readonly string[];
  readonly elementsPath: readonly string[];
}

type LintAt = (linted: LintedPaths, terminal: Terminal) => Promise<LintResult | SessionFailure>;

/**
 * Keeps the findings in files that changed, and those elsewhere that were not there before: what the change breaks. To
 * know these the elements are linted as the commit has them, with its configuration.
 */
export async function findingsOfChange(
  result: LintResult,
  change: Change,
  linted: LintedPaths,
  lintAt: LintAt,
  terminal: Terminal,
): Promise<Result<LintResult, ChangeFailure>> {
  if (change.files.size === 0) return { ok: true, value: { ...result, diagnostics: [] } };
  const before = await lintBefore(change, linted, lintAt, terminal);
  if (!before.ok) return before;
  const baseline = createBaseline(before.value, change.top);
  const fresh = new Set(applyBaseline(result, baseline, change.top).result.diagnostics);
  const diagnostics = result.diagnostics.filter((one) => {
    const path = one.location?.source.path;
    if (path !== undefined && change.files.has(path)) return true;
    return fresh.has(one) && !change.unknown.some((unknown) => path === unknown || path?.startsWith(`${unknown}/`));
  });
  return { ok: true, value: { ...result, diagnostics } };
}

/** Findings as they were at the commit, with paths as if it were checked out in the repository. */
async function lintBefore(
  change: Change,
  linted: LintedPaths,
  lintAt: LintAt,
  terminal: Terminal,
): Promise<Result<LintResult, ChangeFailure>> {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "dibkit-changed-")));
  const clear = () => rmSync(scratch, { recursive: true, force: true });
  terminal.signal.addEventListener("abort", clear, { once: true });
  try {
    const tree = join(scratch, "tree");
    const written = await checkOut(change, tree, terminal);
    if (!written.ok) return written;
    const moved = (path: string) => movedTo(tree, change.top, path);
    const cwd = moved(realpathSync(terminal.cwd));
    mkdirSync(cwd, { recursive: true });
    const absolute = linted.paths.map((path) => moved(realOf(resolve(terminal.cwd, path))));
    const paths = absolute.filter((path) => existsSync(path));
    const nothing = linted.paths.length > 0 && paths.length === 0;
    const elementsPath = linted.elementsPath
      .flatMap((entry) => entry.split(delimiter))
      .map((path) => moved(realOf(resolve(terminal.cwd, path))))
      .filter((path) => existsSync(path));
    const found = nothing
      ? undefined
      : await lintAt({ paths, elementsPath }, { ...terminal, cwd, env: movedEnvironment(terminal.env, moved) });
    if (found !== undefined && !("kind" in found)) return { ok: true, value: asIfIn(change.top, tree, found) };
    // Where there was no element everything is new; a configuration that cannot be used is worth a word.
    if (found?.kind === "findings") {
      const [first] = found.diagnostics;
      terminal.stderr.write(`note: "${change.ref}" cannot be linted, so all findings count: ${first?.message ?? ""}\n`);
    }
    return { ok: true, value: { diagnostics: [], suppressed: 0, files: 0, elements: 0, checkedFiles: [] } };
  } finally {
    terminal.signal.removeEventListener("abort", clear);
    clear();
  }
}

function movedTo(tree: string, top: string, path: string): string {
  const inside = relative(top, path);
  return inside === ".." || inside.startsWith(`..${sep}`) ? path : join(tree, inside);
}

function realOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function movedEnvironment(env: Terminal["env"], moved: (path: string) => string): Terminal["env"] {
  const { ELEMENTS_PATH: entries } = env;
  if (!entries) return env;
  const inTree = entries.split(delimiter).map((path) => moved(realOf(resolve(path))));
  return { ...env, ELEMENTS_PATH: inTree.filter((path) => existsSync(path)).join(delimiter) };
}

/** Messages may name files too. */
function asIfIn(top: string, tree: string, result: LintResult): LintResult {
  const back = (text: string) => text.replaceAll(tree, top);
  return {
    ...result,
    diagnostics: result.diagnostics.map((one) => ({
      ...one,
      message: back(one.message),
      ...(one.location && {
        location: { ...one.location, source: { ...one.location.source, path: back(one.location.source.path) } },
      }),
    })),
  };
}
