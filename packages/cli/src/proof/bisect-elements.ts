import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, relative, resolve as resolvePath } from "node:path";
import { type CommandRunner, describeFailure, findProgram } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { type BisectTrouble, type TrialRequest, type TrialTools, tryImage, type Verdict } from "./bisect-trial.js";

/** What is looked for, and with what; the history is that of `cwd`. */
export interface BisectRequest extends TrialRequest {
  readonly good: string;
  readonly bad: string;
}

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
    const tools = { commands, scratch, tell };
    return await search({ request, root: root.value, worktree, prefix, tools }, ends);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await git("worktree", "prune");
  }
}

function noCommit(option: string, word: string): BisectTrouble {
  return {
    message: `${option} "${word}" is neither a commit of this repository nor a file`,
    help: "name a commit, a tag or a branch, or the file of a lock",
  };
}

interface Search {
  readonly request: BisectRequest;
  /** Of the repository. */
  readonly root: string;
  readonly worktree: string;
  /** Directory of the elements, relative to the repository. */
  readonly prefix: string;
  readonly tools: TrialTools;
}

async function search(
  context: Search,
  ends: { readonly good: string; readonly bad: string },
): Promise<Result<BisectOutcome, BisectTrouble>> {
  const { request, root, worktree, prefix, tools } = context;
  const git = gitIn(worktree, request.env, tools.commands);
  const tested: { readonly commit: Commit; readonly verdict: Verdict }[] = [];
  const test = async (): Promise<Verdict> => {
    const commit = await commitAt(git, "HEAD");
    const at = { cwd: join(worktree, prefix), env: environment(request, root, worktree) };
    const verdict = await tryImage(request, at, tools);
    tested.push({ commit, verdict });
    tools.tell(`${commit.id.slice(0, 12)} is ${verdict}: ${commit.subject}`);
    return verdict;
  };
  for (const end of ["good", "bad"] as const) {
    const moved = await git("checkout", "--quiet", "--detach", ends[end]);
    if (!moved.ok) return err({ message: moved.error, help: "see what git says" });
    const verdict = await test();
    request.signal.throwIfAborted();
    if (verdict !== end) {
      const message = `--${end} "${request[end]}" is ${verdict}, so there is nothing to look for between the two`;
      const what = verdict === "untestable" ? "the words of the build, with those of --build" : "the command of --run";
      return err({ message, help: `correct the two commits, or ${what}` });
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

/** Paths of elements in the repository mean those of the commit; the store is where it was. */
function environment({ env, cwd }: BisectRequest, root: string, worktree: string): BisectRequest["env"] {
  const { ELEMENTS_PATH: path, DIBKIT_CACHE: store, ...others } = env;
  const moved = path
    ?.split(delimiter)
    .map((one) => (one === root || one.startsWith(`${root}/`) ? worktree + one.slice(root.length) : one));
  return {
    ...others,
    ...(moved === undefined ? {} : { ELEMENTS_PATH: moved.join(delimiter) }),
    ...(store === undefined ? {} : { DIBKIT_CACHE: resolvePath(cwd, store) }),
  };
}

/** Elements in TypeScript find their modules where the repository has them, which no commit has. */
async function linkModules(root: string, worktree: string): Promise<void> {
  const [from, to] = [join(root, "node_modules"), join(worktree, "node_modules")];
  if (existsSync(from) && !existsSync(to)) await symlink(from, to);
}

/** Settings of the user that change what git prints are overruled. */
const PLAIN = ["-c", "core.quotePath=false", "-c", "log.showSignature=false"];

type Git = (...words: readonly string[]) => Promise<Result<string, string>>;

/** Runs git in a directory: what it prints, or the last thing it said. */
function gitIn(cwd: string, { PATH = "", HOME = "" }: BisectRequest["env"], commands: CommandRunner): Git {
  // What git says is read.
  const env = { PATH, HOME, LC_ALL: "C" };
  return async (...words) => {
    const run = await commands.run(["git", ...PLAIN, ...words], { cwd, env });
    return run.ok ? ok(run.value.stdout.trim()) : err(run.error.tail.at(-1) ?? describeFailure(run.error));
  };
}

async function commitAt(git: Git, word: string): Promise<Commit> {
  const shown = await git("show", "--no-patch", "--format=%H %s", word);
  const [, id = word, subject = ""] = /^(\S+) ?(.*)$/.exec(shown.ok ? shown.value : "") ?? [];
  return { id, subject };
}
