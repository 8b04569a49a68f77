import { createHash, type Hash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { LintResult, LintTools } from "@dibkit/lint";
import {
  type Diagnostic,
  type Element,
  fsPath,
  type Location,
  type SourceText,
  statsAt,
  upstreamInReach,
} from "@dibkit/model";
import type { LintSession } from "./lint-session.js";
import type { RepositoryTexts } from "./repository-texts.js";

/** Findings of a run and what they rest on besides the elements. */
export interface KeptResult {
  /** Files outside of elements that were read, with hashes of their texts; null for those that are not there. */
  readonly read: readonly (readonly [path: string, hash: string | null])[];
  /** Hash of what the inodes of the repository's texts say, when they were asked for. */
  readonly repository: string | null;
  /** Whether ShellCheck was to look at a script; when it is not installed that is told in each run. */
  readonly shellcheck: boolean;
  readonly result: Omit<LintResult, "diagnostics" | "checkedFiles"> & {
    readonly diagnostics: readonly KeptDiagnostic[];
    readonly checkedFiles: readonly string[];
  };
}

/** A place by the path of its file, whose text is on the disk. */
type KeptLocation = readonly [path: string, start: number, end: number, empty: boolean];
interface KeptDiagnostic extends Omit<Diagnostic, "location" | "related"> {
  readonly location?: KeptLocation;
  readonly related?: readonly { readonly message: string; readonly location: KeptLocation }[];
}

// A file that changed just now may change again without its times telling: their steps are milliseconds long.
const SETTLED_MS = 2_000;

// To look at every inode of more takes seconds, and their findings are too many to keep.
const MOST_ELEMENTS = 3_000;
const KIND = 0o170000;
const DIRECTORY = 0o040000;
const LINK = 0o120000;

/**
 * Names all that decides what is found: every file of every element in reach by its times, size and mode, the settings,
 * and the programs that are asked. Undefined when that cannot be told from outside: with elements in TypeScript, with rules
 * of others, and while files are being written.
 */
export function keyOfRun(
  session: LintSession,
  only: readonly string[],
  rest: readonly string[],
  now: number,
): string | undefined {
  const { catalog, elements, configuration, base, ignoredDibLintChecks, diagnostics, rules } = session;
  const all = [...catalog.elements.values(), ...catalog.shadowed.map(({ element }) => element)];
  if (all.some(({ origin }) => origin !== "disk") || rules.some(({ from }) => from !== undefined)) return undefined;
  if ((configuration.images ?? []).some(({ location, locations }) => location ?? locations)) return undefined;
  if (diagnostics.length > 0 || all.length > MOST_ELEMENTS) return undefined;
  const hash = createHash("sha1");
  const settings = { only, rest, configuration, base, ignoredDibLintChecks, paths: catalog.paths };
  hash.update(JSON.stringify({ ...settings, lacks: catalog.lacksUpstream, upstream: upstreamInReach(catalog.paths) }));
  hash.update(JSON.stringify(catalog.shadowed.map(({ element, by }) => [element.root, by.root])));
  hash.update(JSON.stringify(elements.map(({ root }) => root)));
  const newest = newestOf(all, hash);
  return newest === undefined || newest > now - SETTLED_MS ? undefined : hash.digest("base64url");
}

/** Undefined when something cannot be looked at, as a name that is not text. */
function newestOf(elements: readonly Element[], hash: Hash): number | undefined {
  try {
    return elements.reduce((newest, element) => Math.max(newest, addTree(element, hash)), 0);
  } catch {
    return undefined;
  }
}

/** Adds what the inodes of an element say; the time of its latest change, infinite for what is not looked through. */
function addTree({ root }: Element, hash: Hash): number {
  let newest = 0;
  const pending = [root];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const { dev, ino, mode, size, mtimeMs, ctimeMs, uid } = lstatSync(fsPath(path));
    newest = Math.max(newest, ctimeMs);
    hash.update(`${path}\0${dev} ${ino} ${mode} ${size} ${mtimeMs} ${ctimeMs} ${uid}\n`);
    const kind = mode & KIND;
    if (kind === LINK) newest = Math.max(newest, addTarget(path, hash));
    // At the top of an element a link to a directory is as good as the directory, which may be a large one of the host's.
    if (kind === LINK && dirname(path) === root && statsAt(path)?.isDirectory()) return Number.POSITIVE_INFINITY;
    if (kind !== DIRECTORY) continue;
    for (const name of readdirSync(fsPath(path)).sort()) pending.push(`${path}/${name}`);
  }
  return newest;
}

/** Adds what a control file is that lies elsewhere; the time of its latest change. */
function addTarget(path: string, hash: Hash): number {
  const target = statsAt(path);
  hash.update(`${target?.ino} ${target?.size} ${target?.mtimeMs} ${target?.ctimeMs}\n`);
  return target?.ctimeMs ?? 0;
}

/** The tools, and what was asked of them: `complete` unless a program gave no answer to what it was asked. */
export function watched(
  tools: LintTools,
  texts: RepositoryTexts,
  now: number,
): { readonly tools: LintTools; readonly asked: () => Asked } {
  const read = new Map<string, string | null>();
  let repository: string | null = null;
  let complete = true;
  let shellcheckAsked = false;
  const whole = <T>(ask: ((sources: readonly SourceText[]) => Promise<ReadonlyMap<SourceText, T>>) | undefined) =>
    ask &&
    (async (sources: readonly SourceText[]) => {
      const answers = await ask(sources);
      if (answers.size > 0 && answers.size < sources.length) complete = false;
      return answers;
    });
  const bashVerdicts = whole(tools.bashVerdicts);
  const pythonVerdicts = whole(tools.pythonVerdicts);
  const whatShellcheckSays = whole(tools.shellcheck);
  const shellcheck: LintTools["shellcheck"] =
    whatShellcheckSays &&
    ((sources) => {
      shellcheckAsked ||= sources.length > 0;
      return whatShellcheckSays(sources);
    });
  return {
    tools: {
      ...(bashVerdicts && { bashVerdicts }),
      ...(pythonVerdicts && { pythonVerdicts }),
      ...(shellcheck && { shellcheck }),
      readText: (path) => {
        const text = tools.readText?.(path);
        read.set(path, text === undefined ? null : hashOf(text));
        return text;
      },
      repositoryTexts: () => {
        const { words, newest } = texts.stamp();
        repository = hashOf(words);
        if (newest > now - SETTLED_MS) complete = false;
        return texts.read();
      },
    },
    asked: () => ({ read: [...read], repository, shellcheck: shellcheckAsked, complete }),
  };
}

export interface Asked extends Pick<KeptResult, "read" | "repository" | "shellcheck"> {
  readonly complete: boolean;
}

/** Whether what the run read outside of elements is as it was. */
export function stillHolds({ read, repository }: KeptResult, tools: LintTools, texts: RepositoryTexts): boolean {
  const same = ([path, hash]: readonly [string, string | null]) => {
    const text = tools.readText?.(path);
    return (text === undefined ? null : hashOf(text)) === hash;
  };
  return read.every(same) && (repository === null || hashOf(texts.stamp().words) === repository);
}

/** The result to keep; undefined when a finding is about a text that is in no file. */
export function packed(result: LintResult, { read, repository, shellcheck }: Asked): KeptResult | undefined {
  const kept = ({ source, start, end }: Location): KeptLocation => [source.path, start, end, source.text === ""];
  const isFile = ({ source }: Location) => source.path.startsWith("/") && !source.path.includes("#");
  const all = result.diagnostics.flatMap(({ location, related = [] }) => [
    ...(location ? [location] : []),
    ...related.map((other) => other.location),
  ]);
  if (!all.every(isFile)) return undefined;
  const diagnostics = result.diagnostics.map(({ location, related, ...rest }) => ({
    ...rest,
    ...(location && { location: kept(location) }),
    ...(related && { related: related.map((other) => ({ ...other, location: kept(other.location) })) }),
  }));
  return { read, repository, shellcheck, result: { ...result, diagnostics } };
}

/** The result as it was, with the texts of the files that it speaks of. */
export function unpacked({ result }: KeptResult): LintResult {
  const sources = new Map<string, SourceText>();
  const restored = ([path, start, end, empty]: KeptLocation): Location => {
    const key = `${empty} ${path}`;
    const source = sources.get(key) ?? { path, text: empty ? "" : textAt(path) };
    sources.set(key, source);
    return { source, start, end };
  };
  return {
    ...result,
    diagnostics: result.diagnostics.map(({ location, related, ...rest }) => ({
      ...rest,
      ...(location && { location: restored(location) }),
      ...(related && { related: related.map((other) => ({ ...other, location: restored(other.location) })) }),
    })),
  };
}

/** Decoded as the element model does. */
function textAt(path: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(readFileSync(fsPath(path)));
}

function hashOf(text: string): string {
  return createHash("sha1").update(text).digest("base64url");
}
