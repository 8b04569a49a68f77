import { lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { bashCommand, type CommandRunner, commandError, shellCommand } from "@dibkit/exec";
import { isWhiteout } from "../job/whiteout.js";
import { parentOf, scanTree, type TreeChanges, type TreeScan } from "./scan-tree.js";

/** A path of bytes below a directory. */
function pathIn(directory: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, "latin1")]);
}

async function run(commands: CommandRunner, what: string, script: string): Promise<void> {
  const done = await commands.run(bashCommand(`set -e -o pipefail; ${script}`));
  if (!done.ok) throw commandError(what, done.error);
}

/** Copies what has changed in a tree into a layer: changed files with the directories above them, and whiteouts. */
export async function writePlainLayer(
  commands: CommandRunner,
  tree: string,
  after: TreeScan,
  { changed, removed }: TreeChanges,
  layer: string,
): Promise<void> {
  await mkdir(layer, { recursive: true });
  if (changed.length + removed.length === 0) return;
  const directories = new Set<string>();
  for (const path of [...changed, ...removed]) {
    const isDirectory = after.get(path)?.startsWith("d ") ?? false;
    for (let at = isDirectory ? path : parentOf(path); at !== ""; at = parentOf(at)) directories.add(at);
  }
  const files = changed.filter((path) => path !== "" && !directories.has(path));
  const list = async (name: string, paths: readonly string[]) => {
    await writeFile(`${layer}.${name}`, Buffer.from(paths.map((path) => `./${path}\0`).join(""), "latin1"));
    return shellCommand("cat", `${layer}.${name}`);
  };
  const copyFiles = shellCommand("xargs", "-0r", "cp", "-a", "--reflink=auto", "--parents", "-t", layer, "--");
  const whiteouts = shellCommand("cd", layer);
  // Directories come last, because each new entry changes the time of the directory above it.
  const tar = ["tar", "--null", "--no-recursion", "--xattrs", "--xattrs-include=*", "--numeric-owner"];
  const pack = shellCommand(...tar, "-C", tree, "-T", `${layer}.directories`, "-cf", "-");
  const unpack = shellCommand(...tar.slice(0, 1), ...tar.slice(3), "-C", layer, "-xpf", "-");
  await list("directories", [...directories].sort());
  const script = [
    `${shellCommand("cd", tree)}; ${await list("files", files)} | ${copyFiles}`,
    `${await list("removed", removed)} | (${whiteouts}; while IFS= read -r -d '' path; do mkdir -p "\${path%/*}"; mknod "$path" c 0 1; done)`,
    ...(directories.size === 0 ? [] : [`${pack} | ${unpack}`]),
    ["chmod", "chown", "touch"].map((word) => shellCommand(word, `--reference=${tree}`, layer)).join("; "),
  ];
  await run(commands, `keep the changes of ${tree}`, script.join("; "));
  for (const name of ["files", "removed", "directories"]) await rm(`${layer}.${name}`);
}

/** Puts a layer, of either kind, upon a tree. */
export async function applyPlainLayer(commands: CommandRunner, layer: string, tree: string): Promise<void> {
  const gone: string[] = [];
  for (const [path, stamp] of await scanTree(commands, layer, `${tree}.scan`)) {
    if (path === "") continue;
    const there = await lstat(pathIn(tree, path)).catch(() => undefined);
    const whiteout = stamp.startsWith("c ") && isWhiteout(await lstat(pathIn(layer, path)));
    if (whiteout) gone.push(path);
    if (there !== undefined && (whiteout || there.isDirectory() !== stamp.startsWith("d "))) {
      await rm(pathIn(tree, path), { recursive: true, force: true });
    }
  }
  const copy = shellCommand("cp", "-a", "--reflink=auto", "--remove-destination", "--", `${layer}/.`, `${tree}/`);
  await writeFile(`${tree}.gone`, Buffer.from(gone.map((path) => `${path}\0`).join(""), "latin1"));
  const parents = `touch -c -r ${shellCommand(layer)}/"$parent" ${shellCommand(tree)}/"$parent"`;
  const drop = `while IFS= read -r -d '' path; do rm -f ${shellCommand(tree)}/"$path"; parent=$(dirname "$path"); ${parents}; done`;
  await run(commands, `put ${layer} upon ${tree}`, `${copy}; ${drop} < ${shellCommand(`${tree}.gone`)}`);
  await rm(`${tree}.gone`);
}
