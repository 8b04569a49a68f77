import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "@dibkit/model";
import type { BuildFailure } from "./build-job.js";
import type { BuildSession } from "./build-session.js";
import { renderOverlay } from "./step-script.js";

/** Tries a layer mount in the store, so that a filesystem that cannot hold layers is told before anything runs. */
export async function probeStore(session: BuildSession): Promise<Result<void, BuildFailure>> {
  const place = join(session.directory, "staging", "probe");
  for (const name of ["upper", "work", "at"]) await mkdir(join(place, name), { recursive: true });
  const at = join(place, "at");
  const upper = { directory: join(place, "upper"), work: join(place, "work") };
  const mount = renderOverlay({ base: session.store.layers, lower: ["empty"], upper, at });
  // A whiteout is what some filesystems cannot hold although they can be mounted upon.
  const script = `set -e; ${mount}; mkdir ${at}/a; rmdir ${at}/a; umount ${at}; mknod ${place}/whiteout c 0 0`;
  const done = await session.commands.run(["bash", "-c", script]);
  if (done.ok) return ok(undefined);
  if (session.signal.aborted) return err({ kind: "interrupted" });
  return err({
    kind: "stage-failed",
    message: `the layer store "${session.store.directory}" is on a filesystem that cannot hold layers`,
    tail: done.error.tail,
    help: "give --cache-dir a directory on ext4, xfs, btrfs or tmpfs; in a container that is a volume, not its own root",
  });
}
