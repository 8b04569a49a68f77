import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../", import.meta.url));
export const dibkitProgram = `${repository}packages/cli/bin/dibkit.js`;

/** What a layer store of tests is trimmed to after each build: enough for what the builds of a test file share. */
export const STORE_SIZE = "6G";

export interface ProgramRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Words to put before `node dibkit …`, such as `unshare --mount`. */
  readonly through?: readonly string[];
  /** What the program reads on its standard input; nothing by default. */
  readonly input?: string;
  /** Called when the program has been started, to act on it while it runs. */
  readonly onStart?: (child: ChildProcess) => Promise<void>;
}

/** Runs the built command line as a user does, in a process of its own. */
export function dibkit(argv: readonly string[], options: RunOptions = {}): Promise<ProgramRun> {
  return runProgram([...(options.through ?? []), process.execPath, dibkitProgram, ...argv], options);
}

export function runProgram(words: readonly string[], options: RunOptions = {}): Promise<ProgramRun> {
  const [program, ...args] = words as [string, ...string[]];
  // Vitest's own variables must not reach what is tested.
  const { NODE_ENV, VITEST, FORCE_COLOR, ...inherited } = process.env;
  const env = { ...inherited, NO_COLOR: "1", ...options.env };
  const stdin = options.input === undefined ? "ignore" : "pipe";
  const child = spawn(program, args, { cwd: options.cwd ?? repository, env, stdio: [stdin, "pipe", "pipe"] });
  child.stdin?.on("error", () => {}).end(options.input);
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  void options.onStart?.(child);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

/** Directory of an example. */
export function example(name: string): string {
  return `${repository}examples/${name}`;
}

/** Options that put the layers of a build into the store of this test run. */
export function sharedStore(): readonly string[] {
  return ["--cache-dir", layerStore()];
}

/** The layer store of this test run; see shared-store.ts. */
export function layerStore(): string {
  const store = process.env.DIBKIT_E2E_STORE;
  if (store === undefined) throw new Error("test/e2e/shared-store.ts has not run");
  return store;
}

/** Why images cannot be built here; undefined when they can. In CI nothing is skipped: the tests then fail. */
export function whyNotBuild(): string | undefined {
  if (process.env.CI) return undefined;
  if (process.getuid?.() !== 0) return "building needs root";
  if (!existsSync("/dev/loop-control")) return "building needs loop devices";
  return undefined;
}

/**
 * Mounts and loop devices of builds in a directory, which is their layer store or one above it. Others may build on
 * this machine at the same time: loop devices are told by their files, those of upstream, which only its own namespace
 * knows by path, by inode.
 */
export async function leftovers(directory: string): Promise<readonly string[]> {
  const columns = "NAME,BACK-MAJ:MIN,BACK-INO,BACK-FILE";
  const loops = await runProgram(["losetup", "--list", "--noheadings", "--raw", "--output", columns]);
  const files = await runProgram([
    "find",
    directory,
    "-xdev",
    "-maxdepth",
    "6",
    "-name",
    "*.raw",
    "-printf",
    "%D %i\n",
  ]);
  const own = new Set(files.stdout.split("\n").map(deviceAndInode));
  const isOwn = (line: string) => line.includes(directory) || own.has(line.split(" ").slice(1, 3).join(" "));
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((path) => path.includes(directory));
  return [...loops.stdout.split("\n").filter(isOwn), ...mounts].sort();
}

/** `MAJOR:MINOR INODE` of find's device number and inode; Linux packs the first (makedev(3)). */
function deviceAndInode(line: string): string {
  const [device = 0, inode] = line.split(" ").map(Number);
  return `${Math.floor(device / 256) & 0xfff}:${(device & 0xff) | ((device >>> 12) & 0xfff00)} ${inode}`;
}
