import { parseSize } from "@dibkit/model";
import type { Image } from "./image.js";
import { mismatch, UnknownFact } from "./image-mismatch.js";

/** Sizes in bytes, or as words with a unit: `800MiB`, `1.5GB`. */
export interface SizeBudget {
  /** Of all files together. */
  readonly total?: number | string;
  /** By the element that wrote a file; known of images that were opened from their layers. */
  readonly element?: Readonly<Record<string, number | string>>;
  /** By the package that a file belongs to: `{ nginx: "5MiB" }`. */
  readonly package?: Readonly<Record<string, number | string>>;
  /** By the first two directories of a path: `/usr/lib`. */
  readonly directory?: Readonly<Record<string, number | string>>;
}

/** Rejects with everything that is larger than its budget. */
export async function expectSizes(image: Image, { total, ...groups }: SizeBudget): Promise<void> {
  const sizes = await image.sizes();
  const over: string[] = [];
  const compare = (what: string, actual: number, most: number | string) => {
    const bytes = bytesOf(most);
    if (actual > bytes)
      over.push(`${what} has ${mebibytes(actual)} of files, ${mebibytes(actual - bytes)} above ${most}`);
  };
  if (total !== undefined) compare(`"${image.name}"`, sizes.bytes, total);
  for (const group of ["element", "package", "directory"] as const) {
    const limits = Object.entries(groups[group] ?? {});
    const entries = sizes.groups[group];
    if (limits.length > 0 && entries === undefined)
      throw new UnknownFact(
        `which ${group} a file of "${image.name}" is from is not known\nremedy: open the build with openImage({ cacheDir, build })`,
      );
    for (const [name, most] of limits)
      compare(`${group} "${name}" of "${image.name}"`, entries?.find((one) => one.name === name)?.bytes ?? 0, most);
  }
  if (over.length > 0)
    throw mismatch(over.join("\n"), 'look what grew with "dibkit size" and "dibkit diff", or raise the budget');
}

function bytesOf(size: number | string): number {
  const bytes = typeof size === "number" ? size : parseSize(size);
  if (bytes === undefined || !(bytes >= 0))
    throw new RangeError(`"${size}" is not a size: write it like 800MiB or 1.5GB`);
  return bytes;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
