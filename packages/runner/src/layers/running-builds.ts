import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { bashCommand } from "@dibkit/exec";
import type { LayerStore } from "./layer-store.js";

const LOCKED = 1;
/** Bash opens the file, because flock would make one that is not there: in a directory another build is removing. */
const TRY_LOCK = '{ exec 9< "$1"; } 2> /dev/null || exit 2; exec flock --nonblock --shared 9';

/** Whether a build still runs: it holds a lock on its directory, which goes with its last process. */
export async function isRunning(store: LayerStore, id: string, commands: CommandRunner): Promise<boolean> {
  const lock = join(store.directory, "builds", id, "lock");
  const free = await commands.run(bashCommand(TRY_LOCK, "flock", lock));
  return !free.ok && free.error.kind === "exited" && free.error.exitCode === LOCKED;
}

/**
 * When the oldest build began that still runs; undefined when none does. A build uses every layer it stands on after
 * it began, so layers that were last used before that are free to go.
 */
export async function oldestRunning(store: LayerStore, commands: CommandRunner): Promise<Date | undefined> {
  let oldest: Date | undefined;
  for (const id of await store.records.buildIds()) {
    if (!(await isRunning(store, id, commands))) continue;
    const begun = (await stat(join(store.directory, "builds", id, "lock")).catch(() => undefined))?.birthtime;
    if (begun !== undefined && (oldest === undefined || begun < oldest)) oldest = begun;
  }
  return oldest;
}
