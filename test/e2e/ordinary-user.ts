import { execFileSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dibkitProgram, type ProgramRun, runProgram } from "./dibkit.js";

const repository = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const FORBID_CALLS = fileURLToPath(new URL("forbid-calls.py", import.meta.url));
const isRoot = process.geteuid?.() === 0;

export interface OrdinaryRun {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
  /** As on a machine where nobody has installed diskimage-builder. */
  readonly withoutUpstream?: boolean;
  /** As in containers that forbid setuid programs to give rights. */
  readonly noNewPrivileges?: boolean;
  /** As in containers, which hide parts of `/proc` and `/sys`. */
  readonly masked?: boolean;
  /** As where `sysctl user.max_user_namespaces` is 0: in a namespace of the user's own, which has such a limit for itself. */
  readonly noMoreNamespaces?: boolean;
  /** System calls that are refused, as seccomp profiles of containers do it. */
  readonly forbidden?: readonly ("mount" | "unshare")[];
  /** Commands of a shell that change what this run sees of the machine, in a mount namespace of its own. */
  readonly mounts?: readonly string[];
}

/** Somebody who is not root and who owns nothing. */
export interface OrdinaryUser {
  /** Where this clone is for that user, while something is run. */
  readonly repository: string;
  /** Runs the built command line as that user. */
  run(argv: readonly string[], how: OrdinaryRun): Promise<ProgramRun>;
}

/**
 * The user that runs the tests, or, when that is root, one with a number that nobody has. `scratch` is a directory of
 * the test's that everybody may enter; `user` is another one to be: where that user cannot read this clone, such as below `/root`, it is shown there.
 */
export function ordinaryUser(scratch: string, user?: { readonly id: number; readonly group: number }): OrdinaryUser {
  const ids = () => (user === undefined ? unusedId() : ["--reuid", String(user.id), "--regid", String(user.group)]);
  const drop = isRoot ? ["setpriv", ...ids(), "--clear-groups", "--"] : ["setpriv", "--inh-caps=-all", "--"];
  const shown = isRoot
    ? shownProgram(drop, scratch)
    : { mounts: [], words: [process.execPath, dibkitProgram], repository };
  return {
    repository: shown.repository,
    run(argv, { cwd, env, withoutUpstream = false, noNewPrivileges = false, ...rest }) {
      const { masked = false, noMoreNamespaces = false, forbidden = [], mounts: more = [], ...how } = rest;
      const hidden = [...(withoutUpstream ? upstreamHidden(scratch) : []), ...(masked ? MASKS : [])];
      const mounts = [...shown.mounts, ...hidden, ...more];
      const filtered = forbidden.length === 0 ? [] : ["python3", FORBID_CALLS, forbidden.join(",")];
      const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
      const locked = noNewPrivileges ? ["setpriv", "--no-new-privs", "--"] : [];
      const limited = noMoreNamespaces ? NO_MORE_NAMESPACES : [];
      const user = [...filtered, ...drop, ...locked, ...limited];
      const command = [...user, "/usr/bin/env", "-i", ...variables, ...shown.words, ...argv];
      return runProgram(mounts.length === 0 ? command : [...inNamespace(mounts), ...command], { cwd, ...how });
    },
  };
}

/** A file and a directory with something in it: those are what the kernel takes for hiding. */
const MASKS = ["mount --bind /dev/null /proc/timer_list", "mount -t tmpfs masked /sys/kernel/mm"];

const NO_MORE_NAMESPACES = [
  ...["unshare", "--user", "--map-current-user", "--keep-caps", "sh", "-c"],
  'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --inh-caps=-all --ambient-caps=-all -- "$@"',
  "sh",
];

/** Why mounts that nobody else sees cannot be made here; undefined when they can. */
export function whyNoNamespace(): string | undefined {
  try {
    execFileSync("unshare", [...NAMESPACE, "true"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "hiding diskimage-builder needs a mount namespace";
  }
}

/** Without root, one of a user namespace. */
const NAMESPACE = isRoot ? ["--mount"] : ["--user", "--map-current-user", "--keep-caps", "--mount"];

function inNamespace(mounts: readonly string[]): readonly string[] {
  return ["unshare", ...NAMESPACE, "sh", "-c", `set -e\n${mounts.join("\n")}\nexec "$@"`, "sh"];
}

function unusedId(): readonly string[] {
  const taken = new Set(
    readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => Number(line.split(":")[2])),
  );
  let id = 54_321;
  while (taken.has(id)) id += 1;
  return ["--reuid", String(id), "--regid", String(id)];
}

interface ShownProgram {
  readonly mounts: readonly string[];
  readonly words: readonly string[];
  readonly repository: string;
}

/** How to start the built command line as the user: where it is, or else by a mount in `scratch`. */
function shownProgram(drop: readonly string[], scratch: string): ShownProgram {
  const mounts: string[] = [];
  const shown = (path: string, name: string, make: (at: string) => void) => {
    if (mayRead(drop, path)) return path;
    const at = join(scratch, name);
    if (!existsSync(at)) make(at);
    mounts.push(`mount --bind '${path}' '${at}'`);
    return at;
  };
  const node = shown(process.execPath, "node", (at) => writeFileSync(at, ""));
  const clone = mayRead(drop, dibkitProgram) ? repository : shown(repository, "clone", (at) => mkdirSync(at));
  return { mounts, words: [node, dibkitProgram.replace(repository, clone)], repository: clone };
}

function mayRead(drop: readonly string[], path: string): boolean {
  const [program, ...rest] = drop as [string, ...string[]];
  try {
    execFileSync(program, [...rest, "test", "-r", path], { stdio: "ignore", cwd: "/" });
    return true;
  } catch {
    return false;
  }
}

/** Covers every diskimage-builder of the system, and the program by which it is found. */
function upstreamHidden(scratch: string): readonly string[] {
  const empty = join(scratch, "no-upstream");
  mkdirSync(empty, { recursive: true });
  chmodSync(empty, 0o755);
  const programs = (process.env.PATH ?? "").split(":").map((directory) => join(directory, "disk-image-create"));
  return [
    ...packages().map((path) => `mount --bind '${empty}' '${path}'`),
    ...programs.filter(isThere).map((path) => `mount --bind /dev/null '${path}'`),
  ];
}

function packages(): readonly string[] {
  const libraries = ["/usr/lib", "/usr/local/lib"].filter(isThere);
  const pythons = libraries.flatMap((library) =>
    readdirSync(library)
      .filter((name) => name.startsWith("python3"))
      .map((name) => join(library, name)),
  );
  return pythons
    .flatMap((python) => ["dist-packages", "site-packages"].map((site) => join(python, site, "diskimage_builder")))
    .filter(isThere);
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}
