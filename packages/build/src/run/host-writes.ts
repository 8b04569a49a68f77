import { cp, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ImageState } from "../layers/layer.js";
import { BUILD_DIRECTORY, IMAGE_DIRECTORY } from "../plan/base-environment.js";
import type { BuildJob } from "./build-job.js";
import { type BuildSession, buildPlaces } from "./build-session.js";

/** dibkit's own directories in the build's view of the host. */
const OWN = ["mnt", "hooks", "elements", "built", ".dibkit"].map((name) => `${BUILD_DIRECTORY}/${name}`);

const known = new WeakMap<BuildJob, Map<string, string>>();
const brought = new WeakMap<BuildJob, string>();

function upperOf(session: BuildSession): string {
  return join(buildPlaces(session.store.directory, session.job.id).viewScratch, "root", "upper");
}

/** Host paths written since the last call: entries of the throw-away layer that are new or have changed. */
export async function takeStrayWrites(session: BuildSession): Promise<readonly string[]> {
  const before = known.get(session.job) ?? new Map<string, string>();
  const now = new Map<string, string>();
  await walk(upperOf(session), "", now);
  known.set(session.job, now);
  return [...now]
    .filter(([path, stamp]) => before.get(path) !== stamp)
    .map(([path]) => path)
    .sort();
}

async function walk(upper: string, path: string, found: Map<string, string>): Promise<void> {
  const entries = await readdir(join(upper, path), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const at = `${path}/${entry.name}`;
    if (OWN.includes(at) || at === IMAGE_DIRECTORY || at === "/tmp/in_target.d") continue;
    if (entry.isDirectory()) await walk(upper, at, found);
    else {
      const status = await lstat(join(upper, at));
      found.set(at, `${status.ctimeMs} ${status.size}`);
    }
  }
}

/**
 * Copies what scripts have written on the host so far into a layer, so that a later build can start from there; tells
 * whether there was anything, and undefined when it could not be copied.
 */
export async function keepHostWrites(session: BuildSession, staging: string): Promise<boolean | undefined> {
  const paths = [...(known.get(session.job) ?? new Map<string, string>()).keys()];
  for (const path of paths) {
    const to = join(staging, "host", path);
    await mkdir(dirname(to), { recursive: true });
    const copied = await session.commands.run(["cp", "-a", join(upperOf(session), path), to]);
    if (!copied.ok) return undefined;
  }
  return paths.length > 0;
}

/** Puts the host writes of cached steps into this build's view, before the first host script that really runs. */
export async function bringHostWrites(session: BuildSession, state: ImageState): Promise<void> {
  if (state.host === undefined || brought.get(session.job) === state.host) return;
  brought.set(session.job, state.host);
  const from = join(session.store.layers, state.host, "host");
  const written = new Map<string, string>();
  await walk(from, "", written);
  for (const path of written.keys()) {
    const status = await lstat(join(from, path));
    // A whiteout: the script removed the host's file.
    if (status.isCharacterDevice()) await rm(path, { recursive: true, force: true });
    else await cp(join(from, path), path, { force: true, preserveTimestamps: true, verbatimSymlinks: true });
  }
  await takeStrayWrites(session);
}
