import type { CommandRunner } from "@dibkit/exec";
import type { StepLabel } from "@dibkit/runner";
import { contentHash, type ImageContents, type ImageFile } from "./image-contents.js";
import { kernelArguments } from "./kernel-arguments.js";
import { elementName, measureSizes } from "./measure-sizes.js";
import { installedPackages } from "./packages/installed-packages.js";
import { systemdUnits } from "./systemd-units.js";

/** Something with a value before and after; absent on the side that does not have it. */
export interface ValueDifference {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

export interface FileDifference {
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  /** Of a changed file: which of content, mode, owner, target and type. */
  readonly what: readonly string[];
  /** Bytes of content; 0 on the side that does not have it. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** The step that wrote it, on the later side that has it and knows that. */
  readonly writer?: StepLabel;
}

export interface SizeDifference {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** What is different between two images. Times are not compared: two builds never share them. */
export interface ImageDifference {
  readonly before: { readonly name: string; readonly bytes: number; readonly files: number };
  readonly after: { readonly name: string; readonly bytes: number; readonly files: number };
  readonly packages: readonly ValueDifference[];
  readonly units: readonly ValueDifference[];
  readonly kernelArguments: readonly ValueDifference[];
  readonly files: readonly FileDifference[];
  /** By element; empty unless both sides know who wrote what. */
  readonly sizes: readonly SizeDifference[];
}

/** Compares files, packages, systemd units, kernel arguments and sizes of two images. */
export async function compareImages(
  before: ImageContents,
  after: ImageContents,
  commands: CommandRunner,
): Promise<ImageDifference> {
  const [old, now] = [before, after].map((image) => measureSizes(image, new Map(), 1)) as [
    ReturnType<typeof measureSizes>,
    ReturnType<typeof measureSizes>,
  ];
  const layered = old.groups.element !== undefined && now.groups.element !== undefined;
  return {
    before: { name: before.name, bytes: old.bytes, files: old.files },
    after: { name: after.name, bytes: now.bytes, files: now.files },
    packages: compareValues(await installedPackages(before, commands), await installedPackages(after, commands)),
    units: compareValues(systemdUnits(before), systemdUnits(after)),
    kernelArguments: compareValues(await kernelArguments(before), await kernelArguments(after)),
    files: await compareFiles(before, after),
    sizes: layered ? compareSizes(elementBytes(before), elementBytes(after)) : [],
  };
}

/** Whether nothing differs. */
export function isSame(difference: ImageDifference): boolean {
  const { packages, units, kernelArguments: kernel, files } = difference;
  return packages.length + units.length + kernel.length + files.length === 0;
}

function compareValues(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly ValueDifference[] {
  return namesOf(before, after).flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    if (old === now) return [];
    return [{ name, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) }];
  });
}

function namesOf(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort();
}

/** Directories that depend on the format: filesystems have the first besides the tree, and archives leave the others out. */
const OF_FORMATS: readonly string[] = ["/lost+found", "/proc", "/sys"];

async function compareFiles(before: ImageContents, after: ImageContents): Promise<readonly FileDifference[]> {
  const differences: FileDifference[] = [];
  for (const path of namesOf(before.files, after.files)) {
    const [old, now] = [before.files.get(path), after.files.get(path)];
    const isOneSided = old === undefined || now === undefined;
    if (isOneSided && OF_FORMATS.includes(path)) continue;
    const what = isOneSided ? [] : await changesOf(old, now);
    if (old !== undefined && now !== undefined && what.length === 0) continue;
    // Of an image of another machine nobody knows who wrote what, but the same script has written both.
    const writer = now?.writer ?? old?.writer;
    differences.push({
      path,
      change: old === undefined ? "added" : now === undefined ? "removed" : "changed",
      what,
      bytesBefore: old?.bytes ?? 0,
      bytesAfter: now?.bytes ?? 0,
      ...(writer === undefined ? {} : { writer }),
    });
  }
  return differences;
}

async function changesOf(old: ImageFile, now: ImageFile): Promise<readonly string[]> {
  const what: string[] = [];
  if (old.type !== now.type) what.push("type");
  else if (old.type === "file" && !(await sameContent(old, now))) what.push("content");
  if (old.target !== now.target) what.push("target");
  if (old.mode !== now.mode && old.type !== "symlink") what.push("mode");
  if (old.owner !== now.owner) what.push("owner");
  return what;
}

async function sameContent(old: ImageFile, now: ImageFile): Promise<boolean> {
  // Two builds that share a layer share its files.
  if (old.contentPath !== undefined && old.contentPath === now.contentPath) return true;
  // A further name of a hard-linked file counts no bytes, so only two counted lengths say something.
  if (old.bytes !== now.bytes && old.bytes !== 0 && now.bytes !== 0) return false;
  return (await contentHash(old)) === (await contentHash(now));
}

function elementBytes(image: ImageContents): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { type, bytes, writer } of image.files.values()) {
    if (type === "file") sums.set(elementName(writer), (sums.get(elementName(writer)) ?? 0) + bytes);
  }
  return sums;
}

function compareSizes(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly SizeDifference[] {
  return namesOf(before, after).flatMap((name) => {
    const [old, now] = [before.get(name) ?? 0, after.get(name) ?? 0];
    return old === now ? [] : [{ name, before: old, after: now }];
  });
}
