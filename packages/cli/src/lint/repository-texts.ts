import { type Dirent, existsSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import type { SourceText } from "@dibkit/model";
import { once } from "../once.js";

// A text that sets variables for builds is short, and lies near the top; a repository can be as large as it likes.
const LARGEST_TEXT = 300_000;
const MOST_ENTRIES = 20_000;
const DEEPEST = 6;

/** Names of directories in which nobody keeps what is written by hand. */
export const SKIPPED_DIRECTORY = /^(\.git|node_modules|dist|build|__pycache__|\.tox|\.venv|venv|releasenotes|\.cache)$/;
const TEXT =
  /(\.(sh|bash|env|rc|mk|ya?ml|rst|md|py|j2|cfg|ini|toml)|(^|\/)(README[^/]*|[^/]*Makefile|GNUmakefile|Dockerfile[^/]*|Containerfile[^/]*|Jenkinsfile[^/]*|Justfile|justfile))$/;

/** What lies at the top of a repository and nowhere else. */
const SIGNS_OF_TOP =
  /^(\.git|\.github|\.gitlab-ci\.yml|LICENSE.*|COPYING|setup\.cfg|pyproject\.toml|tox\.ini|Makefile|package\.json|\.zuul\.yaml|zuul\.d)$/;
// Elements lie at most this far below the top: `diskimage_builder/elements`, `images/dib/elements`.
const FARTHEST_TOP = 4;

/** What repositories say besides their elements. */
export interface RepositoryTexts {
  /** Texts with their paths in the repository; read once, when first asked for. */
  read(): readonly SourceText[];
  /** What the inodes of these files say, which takes a fraction of the time to read them, and the latest change. */
  stamp(): { readonly words: string; readonly newest: number };
}

/**
 * Texts of the repositories that directories of elements are part of. What elements set for each other the linter knows
 * by itself, so of their files only READMEs are among them.
 */
export function repositoryTexts(directories: readonly string[]): RepositoryTexts {
  const files = once(() => {
    const tops = new Set(directories.map((directory) => topOf(directory) ?? directory));
    return [...tops].flatMap((top) => filesUnder(top, directories));
  });
  return {
    read: once(() => files().flatMap(textOf)),
    stamp: () => ({
      words: files()
        .map(({ absolute, stats }) => `${absolute} ${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`)
        .join("\n"),
      newest: files().reduce((newest, { stats }) => Math.max(newest, stats.ctimeMs), 0),
    }),
  };
}

interface RepositoryFile {
  /** In the repository. */
  readonly path: string;
  readonly absolute: string;
  readonly stats: Stats;
}

/** Nothing for a file without a suffix that turns out to be no script. */
function textOf({ path, absolute }: RepositoryFile): readonly SourceText[] {
  const text = readFileSync(absolute, "utf8");
  return TEXT.test(absolute) || /^#!.*\b(ba|da|z)?sh\b/.test(text) ? [{ path, text }] : [];
}

function topOf(directory: string): string | undefined {
  let at = directory;
  for (let step = 0; step <= FARTHEST_TOP && dirname(at) !== at; step += 1) {
    if (existsSync(join(at, ".git")) || names(at).some((name) => SIGNS_OF_TOP.test(name))) return at;
    at = dirname(at);
  }
  return undefined;
}

function filesUnder(top: string, elements: readonly string[]): readonly RepositoryFile[] {
  const files: RepositoryFile[] = [];
  let left = MOST_ENTRIES;
  const visit = (directory: string, depth: number, inElement: boolean) => {
    for (const entry of entriesOf(directory)) {
      left -= 1;
      if (left < 0) return;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (depth < DEEPEST && !SKIPPED_DIRECTORY.test(entry.name))
          visit(path, depth + 1, inElement || elements.includes(directory));
      } else if (entry.isFile() && (!inElement || entry.name.startsWith("README")) && mayBeText(path)) {
        const stats = statSync(path, { throwIfNoEntry: false });
        if (stats && stats.size <= LARGEST_TEXT) files.push({ path: relative(top, path), absolute: path, stats });
      }
    }
  };
  visit(top, 0, false);
  return files;
}

/** A text by its name, or a file without a suffix that may be a script. */
function mayBeText(path: string): boolean {
  return TEXT.test(path) || !basename(path).includes(".");
}

function names(directory: string): readonly string[] {
  return entriesOf(directory).map(({ name }) => name);
}

/** What lies in a directory; nothing when it cannot be read. */
export function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}
