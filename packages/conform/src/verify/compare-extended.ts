import type { CommandRunner } from "@dibkit/exec";

const MOST_BLOCKS = 500;
const MOST_FILES = 10;

/** What differs in an ext filesystem: fields of its superblock, blocks of files, and blocks of its own. */
export async function compareExtended(
  images: readonly [string, string],
  start: number,
  blocks: readonly number[],
  commands: CommandRunner,
): Promise<readonly string[]> {
  const [one, other] = images.map((image) => `${image}?offset=${start}`) as [string, string];
  const [before, after] = [await superblock(one, commands), await superblock(other, commands)];
  const fields = [...before].flatMap(([name, value]) => {
    const now = after.get(name) ?? "none";
    return now === value ? [] : [`superblock: ${name}: ${value} ↔ ${now}`];
  });
  const size = Number(before.get("Block size") ?? 4096);
  const looked = blocks.slice(0, MOST_BLOCKS);
  const inside = [...new Set(looked.map((block) => Math.floor((block - start) / size)))];
  const inodes = await inodesAt(inside, one, commands);
  const paths = await pathsOf([...new Set(inodes.values())], one, commands);
  const own = inside.filter((block) => !inodes.has(block)).length;
  const shown = paths.slice(0, MOST_FILES).join(", ");
  const more = paths.length > MOST_FILES ? ` and ${paths.length - MOST_FILES} more` : "";
  const rest = blocks.length > looked.length ? ` (of the first ${looked.length} of ${blocks.length} blocks)` : "";
  return [
    ...fields,
    ...(paths.length === 0 ? [] : [`blocks of files: ${shown}${more}${rest}`]),
    ...(own === 0
      ? []
      : [`${own} blocks of the filesystem itself: inodes, bitmaps, group descriptors or journal${rest}`]),
  ];
}

async function superblock(at: string, commands: CommandRunner): Promise<ReadonlyMap<string, string>> {
  const dumped = await commands.run(["dumpe2fs", "-h", at]);
  if (!dumped.ok) return new Map();
  return new Map(
    dumped.value.stdout.split("\n").flatMap((line) => {
      const [name = "", value] = line.split(/:\s+/, 2);
      return value === undefined ? [] : [[name, value.trim()] as const];
    }),
  );
}

/** Inode by block; blocks that belong to no file are left out. */
async function inodesAt(
  blocks: readonly number[],
  at: string,
  commands: CommandRunner,
): Promise<ReadonlyMap<number, number>> {
  const checked = await commands.run(["debugfs", "-R", `icheck ${blocks.join(" ")}`, at]);
  const pairs = checked.ok ? [...checked.value.stdout.matchAll(/^(\d+)\t(\d+)$/gm)] : [];
  return new Map(pairs.map(([, block, inode]) => [Number(block), Number(inode)]));
}

async function pathsOf(inodes: readonly number[], at: string, commands: CommandRunner): Promise<readonly string[]> {
  if (inodes.length === 0) return [];
  const checked = await commands.run(["debugfs", "-R", `ncheck ${inodes.join(" ")}`, at]);
  // Names in the root directory come with two slashes.
  const found = checked.ok ? [...checked.value.stdout.matchAll(/^\d+\t\/*(.*)$/gm)] : [];
  return found.map(([, path = ""]) => `/${path}`).sort();
}
