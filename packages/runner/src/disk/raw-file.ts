import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { type DiskImageNode, err, ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "./disk-failure.js";
import type { DiskState } from "./disk-node.js";

/** Writes the raw file of a disk with `write`, and gives its path. */
export async function putRawFile(
  node: DiskImageNode,
  { context }: Pick<DiskState, "context">,
  write: (image: string) => Promise<Result<unknown, DiskFailure>>,
  suffix = "raw",
): Promise<Result<string, DiskFailure>> {
  const directory = node.directory ?? context.imageDirectory;
  const image = join(directory, `${node.name}.${suffix}`);
  try {
    await mkdir(directory, { recursive: true });
    context.undo.defer(`remove ${image}`, () => rm(image, { force: true }));
    const written = await write(image);
    return written.ok ? ok(image) : written;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const help = `make "${directory}" writable, or free space there`;
    return err({ kind: "no-space", node: node.name, message: `cannot create "${image}": ${code}`, help });
  }
}

/** Makes a file of so many bytes that are all holes. */
export async function makeSparseFile(path: string, bytes: number): Promise<Result<void, never>> {
  const file = await open(path, "w");
  await file.truncate(bytes).finally(() => file.close());
  return ok(undefined);
}

/** The size that a disk was planned with; a disk is made from a plan that knows it. */
export function plannedBytes(node: DiskImageNode): number {
  if (node.bytes === null) throw new Error(`disk "${node.name}" was planned without a size`);
  return node.bytes;
}
