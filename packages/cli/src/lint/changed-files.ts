import { existsSync, mkdirSync, realpathSync, rmdirSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Result } from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import { git } from "./git.js";

/** Why changes cannot be told. */
export interface ChangeFailure {
  readonly kind: "usage";
  readonly message: string;
  readonly help: string;
}

/** What differs between the working directory and a commit. */
export interface Change {
  /** The word that named the commit. */
  readonly ref: string;
  readonly commit: string;
  /** Real absolute path of the repository's top directory. */
  readonly top: string;
  /** Absolute paths of files that were added, changed or removed, untracked ones too. */
  readonly files: ReadonlySet<string>;
  /** Absolute paths of what git does not keep, such as ignored directories, and of submodules: what they were is not known. */
  readonly unknown: readonly string[];
}

type Asker = Pick<Terminal, "cwd" | "env" | "signal">;

/** Whether a word names a commit of the repository around a directory. */
export async function isCommit(terminal: Asker, ref: string): Promise<boolean> {
  return (
    await git(terminal, terminal.cwd, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`])
  ).ok;
}

/** Compares the working directory, index included, with a commit. */
export async function changeSince(ref: string, terminal: Asker): Promise<Result<Change, ChangeFailure>> {
  const { cwd } = terminal;
  const inside = await git(terminal, cwd, ["rev-parse", "--show-toplevel"]);
  if (!inside.ok) {
    if (inside.error.kind === "not-found") return refused("--changed needs git, which is not installed", "install git");
    if (inside.error.tail.some((line) => line.includes("dubious ownership"))) {
      const help = `run "git config --global --add safe.directory ${cwd}"`;
      return refused(`git does not trust the owner of "${cwd}"`, help);
    }
    const help = "run it in a clone, or compare with a file: --baseline FILE";
    return refused(`--changed needs a git repository, and "${cwd}" is in none`, help);
  }
  const top = realpathSync(inside.value.replace(/\n$/, ""));
  const commit = await git(terminal, cwd, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  if (!commit.ok) {
    const help = "give a branch, a tag or a commit that is there; CI may have to fetch it, as with fetch-depth: 0";
    return refused(`"${ref}" names no commit of "${top}"`, help);
  }
  const hash = commit.value.trim();
  const differing = await git(terminal, top, [
    "diff",
    "--name-only",
    "--no-renames",
    "--no-ext-diff",
    "-z",
    hash,
    "--",
  ]);
  const untracked = await git(terminal, top, ["ls-files", "--others", "--exclude-standard", "-z"]);
  if (!differing.ok || !untracked.ok) return refused(`git cannot compare "${top}" with "${ref}"`, 'run "git status"');
  const files = [...differing.value.split("\0"), ...untracked.value.split("\0")].filter((name) => name !== "");
  const ignored = await git(terminal, top, [
    ...["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"],
  ]);
  const tracked = await git(terminal, top, ["ls-files", "--stage", "-z"]);
  const unknown = [
    ...(ignored.ok ? ignored.value.split("\0") : []),
    ...(tracked.ok ? tracked.value.split("\0").flatMap((line) => /^160000 .*\t(.*)$/s.exec(line)?.[1] ?? []) : []),
  ].filter((name) => name !== "");
  const absolute = (name: string) => join(top, name.replace(/\/$/, ""));
  const value = { ref, commit: hash, top, files: new Set(files.map(absolute)), unknown: unknown.map(absolute) };
  return { ok: true, value };
}

/**
 * Writes the files of the commit to a directory, without a trace in the repository. What git does not keep, such as
 * installed packages, and submodules are linked to as they are now.
 */
export async function checkOut(
  { top, commit, ref, unknown }: Change,
  directory: string,
  terminal: Asker,
): Promise<Result<true, ChangeFailure>> {
  const env = { GIT_INDEX_FILE: join(directory, "..", "index") };
  mkdirSync(directory, { recursive: true });
  const read = await git(terminal, top, ["read-tree", commit], env);
  const written = read.ok ? await git(terminal, top, ["checkout-index", "--all", `--prefix=${directory}/`], env) : read;
  if (!written.ok) return refused(`the files of "${ref}" cannot be written to "${directory}"`, 'run "git fsck"');
  for (const path of unknown) {
    const target = join(directory, relative(top, path));
    if (existsSync(dirname(target)) && isFree(target)) symlinkSync(path, target);
  }
  return { ok: true, value: true };
}

/** Whether nothing is there, once the empty directory is gone that `checkout-index` leaves of a submodule. */
function isFree(path: string): boolean {
  try {
    rmdirSync(path);
  } catch {
    // It is no directory, not empty, or not there.
  }
  return !existsSync(path);
}

function refused(message: string, help: string): Result<never, ChangeFailure> {
  return { ok: false, error: { kind: "usage", message, help } };
}
