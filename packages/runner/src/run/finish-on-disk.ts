import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { err, ok, phasesOn, type Result } from "@dibkit/model";
import type { DiskOverlays } from "../disk/disk-overlays.js";
import type { MountedDisk } from "../disk/mounted-disk.js";
import { TREE_DIRECTORY } from "../job/build-directories.js";
import type { BuildFailure } from "../job/build-job.js";
import type { DiskChange } from "../job/disk-change.js";
import type { NetworkNote } from "../job/fetched.js";
import type { ImageState } from "../job/layer.js";
import type { MountRecord } from "../job/mount-record.js";
import { MOST_LAYERS } from "../layers/overlay-trees.js";
import { layeredDiskHash } from "../plan/disk-keys.js";
import { finishStep } from "../plan/own-steps.js";
import { settleStep } from "../plan/settle-step.js";
import { sourceDate } from "../plan/source-date.js";
import { environmentOnDisk, stateOnDisk } from "../plan/start-on-disk.js";
import { keptHere } from "../remote/remote-layers.js";
import { type BuildSession, buildPaths } from "./build-session.js";
import { type DiskStep, diskChanges, layerChanges } from "./disk-changes.js";
import { type DiskTrees, diskTrees } from "./disk-trees.js";
import { phaseScripts } from "./phase-scripts.js";
import type { PopulatedDisk } from "./populated-disk.js";
import { runPhase } from "./run-phase.js";
import { runScriptStep } from "./run-script-step.js";
import { stage } from "./stage.js";

type Stage<T> = Promise<Result<T, BuildFailure>>;

/** What the steps on the disk have come to. */
interface FinishedDisk {
  readonly state: ImageState;
  /** Undefined when the disk could not be read for it. */
  readonly changes: readonly DiskChange[] | undefined;
}

/**
 * `pre-finalise.d`, `finalise.d` and `cleanup.d` on the mounted disk, then what upstream tidies up itself; gives what all
 * this has changed. On a disk in files these are layers like those of the tree, wherever it is known which disk they are
 * layers of.
 */
export async function finishOnDisk(
  session: BuildSession,
  tree: ImageState,
  { disk, content }: PopulatedDisk,
): Stage<FinishedDisk["changes"]> {
  const onDisk = diskSession(session, disk);
  const overlays = content === undefined ? undefined : await overlaysFor(session, tree, disk);
  const finished =
    overlays === undefined || content === undefined
      ? await finishInPlace(onDisk, stateOnDisk(tree, "disk"), disk)
      : await finishInLayers(onDisk, tree, stateOnDisk(tree, layeredDiskHash(content, disk.environment)), overlays);
  if (!finished.ok) return finished;
  const { changes } = finished.value;
  if (sourceDate(session.job.request.environment) === undefined) return ok(changes);
  const bare: BuildSession = { ...onDisk, diskDevices: [] };
  const settled = await runScriptStep(bare, { ...finished.value.state, mounts: [] }, settleStep(onDisk.base));
  return settled.ok ? ok(changes) : settled;
}

function diskSession(session: BuildSession, disk: MountedDisk): BuildSession {
  const points = (session.job.disk.environment.DIB_MOUNTPOINTS ?? "")
    .split("|")
    .map((point) => point.replace(/^\//, ""));
  const devices = disk.standIns.map(deviceMount);
  return {
    ...session,
    base: environmentOnDisk(session.base, disk.environment, statSync(disk.imagePath).size),
    diskMounts: new Set([...points.filter((point) => point !== ""), ...devices.map(({ at }) => at)]),
    diskDevices: devices,
  };
}

/** A stand-in for a device has to be bound itself, because a bind of `/dev` shows what is below it only. */
function deviceMount(path: string): MountRecord {
  return { kind: "bind", at: path.slice(1), source: path, readOnly: false };
}

/** Undefined where scripts have to work on the disk itself: real devices, plain copies, more scripts than overlayfs takes. */
async function overlaysFor(
  session: BuildSession,
  tree: ImageState,
  disk: MountedDisk,
): Promise<DiskOverlays | undefined> {
  if (session.trees.kind !== "overlay") return undefined;
  let scripts = 1;
  for (const { name } of phasesOn("disk")) scripts += (await phaseScripts(session, tree, name)).length;
  return scripts < MOST_LAYERS ? disk.overlays?.() : undefined;
}

async function finishInPlace(session: BuildSession, state: ImageState, disk: MountedDisk): Stage<FinishedDisk> {
  const diskSteps: DiskStep[] = [];
  const finished = await runAll({ ...session, diskSteps }, state, true);
  if (!finished.ok) return finished;
  const changes = await diskChanges(disk.rootPath, TREE_DIRECTORY, diskSteps, session.commands);
  return ok({ state: finished.value, changes });
}

/** Each script runs on overlays of its own over the layers before it, and what it changes there is its layer. */
async function finishInLayers(
  session: BuildSession,
  tree: ImageState,
  state: ImageState,
  overlays: DiskOverlays,
): Stage<FinishedDisk> {
  const { store, commands, recorder, job } = session;
  const hidden = await stage(session, overlays.hide());
  if (!hidden.ok) return hidden;
  const scratch = join(buildPaths(store.directory, job.id).scratch, "disk");
  mkdirSync(scratch, { recursive: true });
  const trees: DiskTrees = await diskTrees({ store, commands, trees: session.trees, overlays, scratch });
  const layered: BuildSession = {
    ...session,
    trees,
    remote: session.remote && keptHere(session.remote),
    recorder: {
      ...recorder,
      // Records tell trees, and these layers are parts of a disk: what a step fetched is noted without its layer.
      async noteStep(step, _before, layer) {
        await recorder.noteStep({ ...step, onDisk: true }, tree);
        const entry = layer === undefined ? undefined : await store.named(layer);
        if (entry?.kind === "step") recorder.noteUse(step, noteOf(entry));
      },
    },
  };
  const finished = await runAll(layered, state, false);
  if (!finished.ok) return finished;
  const shown = await stage(session, trees.finish(finished.value.root));
  if (!shown.ok) return shown;
  const changes = await layerChanges(session, overlays, finished.value.root);
  return ok({ state: finished.value, changes });
}

async function runAll(session: BuildSession, start: ImageState, onDisk: boolean): Stage<ImageState> {
  let state = start;
  for (const phase of phasesOn("disk")) {
    const done = await runPhase(session, phase, state, onDisk);
    if (!done.ok) return done;
    state = done.value;
  }
  if (session.signal.aborted) return err({ kind: "interrupted" });
  return runScriptStep(session, state, { ...finishStep(session.base), onDisk });
}

function noteOf({ network, unwatched, images }: NetworkNote): NetworkNote {
  return {
    ...(network === undefined ? {} : { network }),
    ...(unwatched === undefined ? {} : { unwatched }),
    ...(images === undefined ? {} : { images }),
  };
}
