import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import type { LayerStore } from "../layers/layer-store.js";
import { isRunning } from "../layers/running-builds.js";
import { buildPaths, bulkPaths } from "./build-session.js";

const REMEMBERED_BUILDS = 20;

/**
 * Removes what builds that are over, or were killed, left in the store: their images and half-made layers at once,
 * logs and records when 20 newer builds have come. A running build holds a lock on its directory.
 */
export async function sweepBuilds(store: LayerStore, commands: CommandRunner): Promise<void> {
  const ids = await store.records.buildIds();
  const old = new Set(ids.slice(0, Math.max(0, ids.length - REMEMBERED_BUILDS)));
  const sweep = async (id: string) => {
    const nothingLeft = !bulkPaths(buildPaths(store.directory, id)).some(existsSync);
    if ((nothingLeft && !old.has(id)) || (await isRunning(store, id, commands))) return;
    await removeBulk(store.directory, id);
    if (old.has(id)) await rm(join(store.directory, "builds", id), { recursive: true, force: true });
  };
  await Promise.all(ids.map(sweep));
}

/** Removes everything big of a build that is over; the hooks stay for `dibkit shell`. */
export async function removeBulk(store: string, id: string): Promise<void> {
  for (const place of bulkPaths(buildPaths(store, id))) await rm(place, { recursive: true, force: true });
}
