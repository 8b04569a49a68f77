import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "../exec/command-runner.js";
import { buildIds } from "./build-history.js";
import type { LayerStore } from "./layer-store.js";

/** Whether a build still runs: it holds a lock on its directory, which goes with its last process. */
export async function isRunning(store: LayerStore, id: string, commands: CommandRunner): Promise<boolean> {
  const lock = join(store.directory, "builds", id, "lock");
  const free = await commands.run(["flock", "--nonblock", "--shared", lock, "true"]);
  return !free.ok && free.error.kind === "exited" && free.error.exitCode === 1;
}

/**
 * When the oldest build began that still runs; undefined when none does. A build uses every layer it stands on after
 * it began, so layers that were last used before that are free to go.
 */
export async function oldestRunning(store: LayerStore, commands: CommandRunner): Promise<Date | undefined> {
  let oldest: Date | undefined;
  for (const id of await buildIds(store)) {
    if (!(await isRunning(store, id, commands))) continue;
    const begun = (await stat(join(store.directory, "builds", id, "lock")).catch(() => undefined))?.birthtime;
    if (begun !== undefined && (oldest === undefined || begun < oldest)) oldest = begun;
  }
  return oldest;
}
