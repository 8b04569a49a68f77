import { link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { CommandRunner } from "@dibkit/exec";
import { type LayerStore, layerName } from "./layer-store.js";
import { isRunning } from "./running-builds.js";

const LOOK_AGAIN_MS = 200;

/** The right to make a layer. */
export interface Claim {
  /** Another build made the layer, or tried to, while this one waited. */
  readonly waited: boolean;
  release(): Promise<void>;
}

export interface ClaimOptions {
  /** The build that wants to make the layer. */
  readonly build: string;
  readonly commands: CommandRunner;
  readonly signal: AbortSignal;
  /** Called once, with the build that is waited for. */
  readonly onWait: (build: string) => void;
}

/**
 * Of builds that need the same layer at the same time one makes it, and the others wait. A claim whose build is gone
 * counts no more. Two builds may both take over such a claim; then both make the layer, and the first one is kept.
 */
export async function claimKey(
  store: LayerStore,
  key: string,
  { build, commands, signal, onWait }: ClaimOptions,
): Promise<Claim> {
  const file = join(store.directory, "c", layerName(key));
  const own = `${file}.${build}`;
  await writeFile(own, build);
  let waited = false;
  try {
    while (!signal.aborted && !(await take(own, file))) {
      const owner = await readFile(file, "utf8").catch(() => undefined);
      if (owner === undefined) continue;
      if (owner === build) break;
      if (!(await isRunning(store, owner, commands))) {
        await rm(file, { force: true });
        continue;
      }
      if (!waited) onWait(owner);
      waited = true;
      await delay(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await rm(own, { force: true });
  }
  return {
    waited,
    async release() {
      if ((await readFile(file, "utf8").catch(() => undefined)) === build) await rm(file, { force: true });
    },
  };
}

/** Gives the claim its name; a link, unlike a new file, has its content from the beginning. */
async function take(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
