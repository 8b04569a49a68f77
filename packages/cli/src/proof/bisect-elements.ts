import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, relative, resolve as resolvePath } from "node:path";
import { type CommandRunner, describeFailure, findProgram, shellQuote } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";

/** What is looked for, and with what. */
export interface BisectRequest {
  /** Elements or an image definition, as for a build. */
  readonly words: readonly string[];
  readonly good: string;
  readonly bad: string;
  /** A command line for a shell; the image's path is in `IMAGE`, and 0 means good. */
  readonly run: string;
  /** Further words of the build, for a shell. */
  readonly build: string;
  readonly cacheDir: string | undefined;
  /** Directory whose history is looked through. */
  readonly cwd: string;
  /** The words that start dibkit. */
  readonly self: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the search; the worktree is removed then too. */
  readonly signal: AbortSignal;
}

/** How one commit did. `untestable`: it could not be built. */
export type Verdict = "good" | "bad" | "untestable";

/** One commit of the history. */
export interface Commit {
  readonly id: string;
  readonly subject: string;
}

/** The commit that broke it, and what it took to find that out. */
export interface BisectOutcome {
  readonly commit: Commit;
  /** Commits that were tested, in this order. */
  readonly tested: readonly { readonly commit: Commit; readonly verdict: Verdict }[];
  /** Files of the commit, with git's letter for what happened to each. */
  readonly files: readonly string[];
}

/** A failure: a whole sentence, and what to do. */
export interface BisectTrouble {
  readonly message: string;
  readonly help: string;
}

/**
 * Looks for the first bad commit with git's own bisection, in a worktree of its own, with one build and one run for each
 * commit. Both ends are tested first. The worktree is removed whatever happens. The runner must not end with Ctrl-C.
 */
export async function bisectElements(
  request: BisectRequest,
  commands: CommandRunner,
  tell: (line: string) => void,
): Promise<Result<BisectOutcome, BisectTrouble>> {
  if (findProgram("git", request.env) === undefined)
    return err({ message: 'program "git" was not found', help: "install the package git" });
  const git = gitIn(request.cwd, request.env, commands);
  const root = await git("rev-parse", "--show-toplevel");
  if (!root.ok) {
    const message = `"${request.cwd}" is not in a git repository`;
    return err({ message, help: "change into the directory of the elements whose history is to be looked through" });
  }
  const good = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${request.good}^{commit}`);
  if (!good.ok) return err(noCommit("--good", request.good));
  const bad = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${request.bad}^{commit}`);
  if (!bad.ok) return err(noCommit("--bad", request.bad));
  const scratch = await mkdtemp(join(tmpdir(), "dibkit-bisect-"));
  const worktree = join(scratch, "tree");
  try {
    const added = await git("worktree", "add", "--quiet", "--detach", worktree, bad.value);
    if (!added.ok) return err({ message: added.error, help: "see what git says" });
    await linkModules(root.value, worktree);
    const prefix = relative(root.value, await realpath(request.cwd));
    const ends = { good: good.value, bad: bad.value };
    return await search({ request, root: root.value, scratch, worktree, prefix, commands, tell }, ends);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await git("worktree", "prune");
  }
}

function noCommit(option: string, word: string): BisectTrouble {
  return {
    message: `${option} "${word}" is not a commit of this repository`,
    help: "name a commit, a tag or a branch",
  };
}

interface Search {
  readonly request: BisectRequest;
  /** Of the repository. */
  readonly root: string;
  readonly scratch: string;
  readonly worktree: string;
  /** Where the elements are in the repository. */
  readonly prefix: string;
  readonly commands: CommandRunner;
  readonly tell: (line: string) => void;
}

async function search(
  context: Search,
  ends: { readonly good: string; readonly bad: string },
): Promise<Result<BisectOutcome, BisectTrouble>> {
  const { request, worktree, commands, tell } = context;
  const git = gitIn(worktree, request.env, commands);
  const tested: { readonly commit: Commit; readonly verdict: Verdict }[] = [];
  const test = async (): Promise<Verdict> => {
    const commit = await commitAt(git, "HEAD");
    const verdict = await testCommit(context);
    tested.push({ commit, verdict });
    tell(`${commit.id.slice(0, 12)} is ${verdict}: ${commit.subject}`);
    return verdict;
  };
  for (const end of ["good", "bad"] as const) {
    const moved = await git("checkout", "--quiet", "--detach", ends[end]);
    if (!moved.ok) return err({ message: moved.error, help: "see what git says" });
    const verdict = await test();
    request.signal.throwIfAborted();
    if (verdict !== end) {
      const message = `--${end} "${request[end]}" is ${verdict}, so there is nothing to look for between the two`;
      return err({ message, help: "correct the two commits, or the command of --run" });
    }
  }
  let step = await git("bisect", "start", ends.bad, ends.good);
  for (;;) {
    request.signal.throwIfAborted();
    if (!step.ok) {
      const message = "git cannot go on: commits that could not be built hide the first bad one";
      return err({ message, help: `git says: ${step.error}` });
    }
    const first = /^([0-9a-f]{40,}) is the first bad commit/m.exec(step.value)?.[1];
    if (first !== undefined) {
      const files = await git("diff-tree", "--no-commit-id", "--name-status", "-r", "--root", first);
      return ok({
        ...{ commit: await commitAt(git, first), tested },
        files: files.ok ? files.value.split("\n").map((line) => line.replace("\t", " ")) : [],
      });
    }
    const verdict = await test();
    step = await git("bisect", verdict === "untestable" ? "skip" : verdict);
  }
}

/** One build and one run of what the worktree has now. */
async function testCommit({ request, root, scratch, worktree, prefix, commands, tell }: Search): Promise<Verdict> {
  const output = join(scratch, "out/image");
  await rm(join(scratch, "out"), { recursive: true, force: true });
  await mkdir(join(scratch, "out"));
  const cwd = join(worktree, prefix);
  const env = environment(request, root, worktree);
  const store = request.cacheDir === undefined ? [] : ["--cache-dir", request.cacheDir];
  const words = [...request.self, "build", ...request.words, "-o", output, ...store];
  // So that Ctrl-C reaches the build itself.
  const shell = ["/bin/sh", "-c", `exec ${words.map(shellQuote).join(" ")} ${request.build}`];
  const built = await commands.run(shell, { cwd, env, signal: request.signal });
  if (!built.ok) {
    for (const line of built.error.tail) tell(`  | ${line}`);
    return "untestable";
  }
  const image = built.value.stdout.trim().split("\n")[0] ?? output;
  const ran = await commands.run(["/bin/sh", "-c", request.run], {
    ...{ cwd, signal: request.signal },
    env: { ...env, IMAGE: image },
  });
  return ran.ok ? "good" : "bad";
}

/** Paths of elements in the repository mean those of the commit; the store is where it was. */
function environment({ env, cwd }: BisectRequest, root: string, worktree: string): Readonly<Record<string, string>> {
  const { ELEMENTS_PATH: path, DIBKIT_CACHE: store, ...others } = env;
  const moved = path
    ?.split(delimiter)
    .map((one) => (one === root || one.startsWith(`${root}/`) ? worktree + one.slice(root.length) : one));
  const all = {
    ...others,
    ...(moved === undefined ? {} : { ELEMENTS_PATH: moved.join(delimiter) }),
    ...(store === undefined ? {} : { DIBKIT_CACHE: resolvePath(cwd, store) }),
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Elements in TypeScript find their modules where the repository has them, which no commit has. */
async function linkModules(root: string, worktree: string): Promise<void> {
  const [from, to] = [join(root, "node_modules"), join(worktree, "node_modules")];
  if (existsSync(from) && !existsSync(to)) await symlink(from, to);
}

type Git = (...words: readonly string[]) => Promise<Result<string, string>>;

/** Runs git in a directory: what it prints, or the last thing it said. */
function gitIn(cwd: string, { PATH = "", HOME = "" }: BisectRequest["env"], commands: CommandRunner): Git {
  // What git says is read.
  const env = { PATH, HOME, LC_ALL: "C" };
  return async (...words) => {
    const run = await commands.run(["git", ...words], { cwd, env });
    return run.ok ? ok(run.value.stdout.trim()) : err(run.error.tail.at(-1) ?? describeFailure(run.error));
  };
}

async function commitAt(git: Git, word: string): Promise<Commit> {
  const shown = await git("show", "--no-patch", "--format=%H %s", word);
  const [, id = word, subject = ""] = /^(\S+) ?(.*)$/.exec(shown.ok ? shown.value : "") ?? [];
  return { id, subject };
}
