import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { DiskPlan } from "@dibkit/model";
import { pathInside } from "../host/inside-root.js";
import type { BuildContext } from "../job/build-context.js";

/** Writes the fstab of a plan into the finished tree, which comes to the disk with it. */
export async function writeFstab({ fstab }: DiskPlan, { treePath }: BuildContext): Promise<void> {
  const path = await pathInside(treePath, "etc/fstab");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, fstab);
}
