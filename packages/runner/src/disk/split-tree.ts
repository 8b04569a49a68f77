import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";

/** Of a system, programs and libraries are most of the bytes, and what lies below this and elsewhere most of the files. */
const SPLIT = "usr";
const FILES = "share";

/** Files below a directory of a tree, by their names there. */
interface Part {
  /** Relative to the tree; "" is its top. */
  readonly below: string;
  readonly names: readonly string[];
}

/** A tree in two halves that are about the same work to copy. No two parts share a hard link. */
export interface SplitTree {
  readonly halves: readonly (readonly Part[])[];
  /** The directories that are in neither half, though what they hold is. */
  readonly directories: readonly string[];
}

/** The halves of a tree; undefined when it does not look like a system, or when a hard link would be taken apart. */
export async function splitTree(tree: string, commands: CommandRunner): Promise<SplitTree | undefined> {
  const split = join(tree, SPLIT);
  const status = await Promise.all([split, join(split, FILES)].map((path) => lstat(path).catch(() => undefined)));
  if (!status.every((one) => one?.isDirectory())) return undefined;
  const [top, inside] = await Promise.all([readdir(tree), readdir(split)]);
  const halves: readonly (readonly Part[])[] = [
    [{ below: SPLIT, names: inside.filter((name) => name !== FILES) }],
    [
      { below: SPLIT, names: [FILES] },
      { below: "", names: top.filter((name) => name !== SPLIT) },
    ],
  ].map((parts) => parts.filter(({ names }) => names.length > 0));
  if (halves.some((parts) => parts.length === 0)) return undefined;
  const linked = await Promise.all(halves.flat().map((part) => linkedFiles(tree, part, commands)));
  const known = linked.filter((files) => files !== undefined);
  const files = known.reduce((sum, { size }) => sum + size, 0);
  const apart = known.length === linked.length && new Set(known.flatMap((each) => [...each])).size === files;
  return apart ? { halves, directories: [".", SPLIT] } : undefined;
}

/** More than this and what the command printed may not be here whole. */
const MOST_LINKED = 50_000;

/** Device and inode of the files that have more than one name; undefined when that is not known. */
async function linkedFiles(
  tree: string,
  { below, names }: Part,
  commands: CommandRunner,
): Promise<ReadonlySet<string> | undefined> {
  const paths = names.map((name) => join(tree, below, name));
  const found = await commands.run(["find", ...paths, "!", "-type", "d", "-links", "+1", "-printf", "%D:%i\\n"]);
  if (!found.ok) return undefined;
  const files = found.value.stdout.split("\n").filter((line) => line !== "");
  return files.length > MOST_LINKED ? undefined : new Set(files);
}
