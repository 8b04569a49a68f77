import { readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type CommandRunner, inUserNamespace } from "@dibkit/exec";
import type { BuildFailure } from "../job/build-job.js";
import type { LayerStore } from "../layers/layer-store.js";
import { canOverlay } from "../layers/open-layer-trees.js";

/** The ids of a store that root of the machine builds in. */
const OF_THE_MACHINE = "0 0";

/**
 * Why layers cannot be kept in a store as this process makes them: another user's ids are on its files, or its filesystem
 * can hold no layers of a user namespace. Notes whose ids an empty store has from now on.
 */
export async function whyNotInStore(store: LayerStore, commands: CommandRunner): Promise<BuildFailure | undefined> {
  const own = inUserNamespace() ? idsOf(readFileSync("/proc/self/uid_map", "utf8")) : OF_THE_MACHINE;
  const noted = await store.records.ids();
  const there = noted ?? ((await store.all()).length > 0 ? OF_THE_MACHINE : undefined);
  if (there !== undefined && there !== own) {
    const whose = there === OF_THE_MACHINE ? "root" : "another user namespace";
    return failure(
      `the files of the layer store "${store.directory}" are as ${whose} keeps them, with owners, marks and devices that this build would misread`,
      "name another store with --cache-dir or DIBKIT_CACHE, or build as before with --privilege",
    );
  }
  if (noted === undefined) await store.records.saveIds(own);
  if (own === OF_THE_MACHINE) return undefined;
  const directory = join(store.directory, "builds", `probe-${process.pid}`);
  await mkdir(directory, { recursive: true });
  const works = await canOverlay({ store, commands }, directory);
  await rm(directory, { recursive: true, force: true });
  if (works) return undefined;
  return failure(
    `overlayfs does not work for a user namespace in the layer store "${store.directory}"`,
    "name a directory on ext4, xfs or btrfs with --cache-dir or DIBKIT_CACHE, in a container one of a volume; it needs Linux 5.11",
  );
}

/**
 * Where ids begin inside and outside; how many there are may change without any file being another's. Root's namespace
 * has the ids of the machine, and all the same marks of overlayfs and devices that root's own layers do not have.
 */
function idsOf(map: string): string {
  const lines = map.trim().split("\n");
  const ids = lines.map((line) => line.trim().split(/\s+/).slice(0, 2).join(" ")).join(", ");
  return ids === OF_THE_MACHINE ? `${ids} in a user namespace` : ids;
}

function failure(message: string, help: string): BuildFailure {
  return { kind: "stage-failed", message, tail: [], help };
}
