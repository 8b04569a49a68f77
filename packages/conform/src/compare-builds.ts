import type { TreeSnapshot } from "@dibkit/contents";
import { installedPackages, isPackageData, readDisk, readTree, snapshotContents } from "@dibkit/contents";
import type { CommandRunner } from "@dibkit/exec";
import { compareBeside, type FilesBeside } from "./compare-beside.js";
import { isComparedByMeaning } from "./compare-by-meaning.js";
import { compareDisks } from "./compare-disks.js";
import { compareFstab, linesOf } from "./compare-fstab.js";
import { compareObservations } from "./compare-observations.js";
import { compareTrees } from "./compare-trees.js";
import { compareValues } from "./compare-values.js";
import type { Difference } from "./difference.js";
import { PROBE_DIRECTORY } from "./probe-element.js";
import { readObservations } from "./read-observations.js";

/** Files of one build, absolute paths. */
export interface BuiltImage {
  /** The root tree. */
  readonly tar: string;
  /** The disk, when one was asked for. */
  readonly raw?: string;
  /** Files that scripts wrote beside the image. */
  readonly beside?: FilesBeside;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Numbers of what was compared, by aspect. */
  readonly compared: Readonly<Record<string, number>>;
}

const FSTAB = "etc/fstab";

/** Compares what two builds of the same elements made; `leftOut` tells variables that dibkit keeps from scripts. */
export async function compareBuilds(
  upstream: BuiltImage,
  dibkit: BuiltImage,
  commands: CommandRunner,
  leftOut: (variable: string) => boolean = () => false,
): Promise<Comparison> {
  const theirs = await readTree(upstream.tar, isWanted);
  const ours = await readTree(dibkit.tar, isWanted);
  const seen = [theirs, ours].map(readObservations) as [
    ReturnType<typeof readObservations>,
    ReturnType<typeof readObservations>,
  ];
  const packagesIn = (name: string, tree: TreeSnapshot) => installedPackages(snapshotContents(name, tree), commands);
  const theirPackages = await packagesIn("upstream", theirs);
  const ourPackages = await packagesIn("dibkit", ours);
  const disks = await comparedDisks(upstream, dibkit, commands);
  const beside = await compareBeside(upstream.beside ?? {}, dibkit.beside ?? {});
  return {
    differences: [
      ...compareTrees(theirs, ours, isProbeRecord),
      ...compareValues("packages", theirPackages, ourPackages),
      ...compareFstab(textIn(theirs, FSTAB), textIn(ours, FSTAB)),
      ...disks.differences,
      ...beside.differences,
      ...compareObservations(...seen, leftOut),
    ],
    compared: {
      tree: theirs.entries.size,
      packages: theirPackages.size,
      fstab: linesOf(textIn(theirs, FSTAB)).size,
      ...disks.compared,
      ...(beside.compared === 0 ? {} : { beside: beside.compared }),
      environment: seen[0].environment.size,
      observed: seen[0].observed.size,
    },
  };
}

function isWanted(path: string): boolean {
  return path === FSTAB || isPackageData(`/${path}`) || isProbeRecord(path) || isComparedByMeaning(path);
}

function isProbeRecord(path: string): boolean {
  return path.startsWith(`${PROBE_DIRECTORY}/`);
}

function textIn(tree: TreeSnapshot, path: string): string {
  return tree.texts.get(path)?.toString("utf8") ?? "";
}

async function comparedDisks(
  { raw: theirs }: BuiltImage,
  { raw: ours }: BuiltImage,
  commands: CommandRunner,
): Promise<Comparison> {
  if (theirs === undefined || ours === undefined) return { differences: [], compared: {} };
  const [one, other] = [await readDisk(theirs, commands), await readDisk(ours, commands)];
  return {
    differences: compareDisks(one, other),
    compared: { partitions: one.partitions.size, filesystems: one.filesystems.size },
  };
}
