import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type DiskPlan, err, ok, type Result } from "@dibkit/model";
import { sharesBlocks } from "../disk/copy-disk.js";
import type { DiskAssembler } from "../disk/disk-assembler.js";
import { DISK_ASSEMBLERS } from "../disk/disk-assemblers.js";
import type { DiskFailure } from "../disk/disk-failure.js";
import { diskUsage } from "../disk/keep-disk.js";
import type { MountedDisk } from "../disk/mounted-disk.js";
import type { BuildContext } from "../job/build-context.js";
import type { BuildFailure } from "../job/build-job.js";
import type { DiskEntry, ImageState } from "../job/layer.js";
import { isRepeated, noteIngredients } from "../layers/explain-miss.js";
import type { LayerKey } from "../layers/layer-key.js";
import { layerName } from "../layers/layer-store.js";
import { lookUp } from "../layers/look-up.js";
import { measureFiles } from "../layers/measure-files.js";
import { readJson } from "../layers/store-records.js";
import { DISK_STEP, populatedDiskKey } from "../plan/disk-keys.js";
import { type BuildSession, lookUpContext, stagingPath } from "./build-session.js";
import { openInPlace } from "./disk-directory.js";
import { LARGEST_KEPT_BYTES } from "./output-layer.js";
import { phaseScripts } from "./phase-scripts.js";
import { planFinalDisk } from "./plan-final-disk.js";
import { stage } from "./stage.js";
import { timed } from "./timed.js";

type Stage<T> = Promise<Result<T, BuildFailure>>;

/** A disk is always kept when filling it took less than this part of the build before it. */
const SMALL_PART = 1 / 20;

/** A mounted disk with the whole tree on it, as `pre-finalise.d` finds it. */
export interface PopulatedDisk {
  readonly disk: MountedDisk;
  /** Resolves when a copy of the disk is in the store, or is known not to get there. */
  readonly kept: Promise<void>;
}

/**
 * The tree on a disk: a copy of the one an earlier build has left for the same tree and layout, or a new one, which is
 * left for later builds. `reason` says why the finished outputs could not be used.
 */
export async function populatedDisk(
  session: BuildSession,
  context: BuildContext,
  state: ImageState,
  reason: string | undefined,
): Stage<PopulatedDisk> {
  const key = await diskKey(session, state);
  if (key === undefined) return populate(session, context, key, reason);
  // A disk is not kept each time, so when nothing has changed, what made the outputs stale is the reason.
  const found = await lookUp(lookUpContext(session), "disk", DISK_STEP, key, reason);
  if (!found.hit) return populate(session, context, key, found.reason);
  const restored = await timed(session, "disk", "restore", () => restore(session, context, found.entry), reason);
  if (!restored.ok) return restored;
  if (restored.value !== undefined) return ok({ disk: restored.value, kept: Promise.resolve() });
  return populate(session, context, key, "its copy could not be opened");
}

async function populate(
  session: BuildSession,
  context: BuildContext,
  key: LayerKey | undefined,
  reason: string | undefined,
): Stage<PopulatedDisk> {
  let plan: DiskPlan | undefined;
  const make = async (): Stage<MountedDisk> => {
    const planned = await planFinalDisk(context, session);
    if (!planned.ok) return planned;
    plan = planned.value;
    return stage(
      session,
      openInPlace(session, context, plan, (place) => assemblerOf(session).open(planned.value, place)),
    );
  };
  const made = await timed(session, "disk", "create", make, reason);
  if (!made.ok) return made;
  const disk = made.value;
  const filling = performance.now();
  const copied = await timed(session, "disk", "copy", () => stage(session, disk.fill()));
  if (!copied.ok) return copied;
  const { keepLayers = true } = session.job.request;
  const notKept = ok({ disk, kept: Promise.resolve() });
  if (key === undefined || plan === undefined || !keepLayers) return notKept;
  const repeated = await isRepeated(session.store, session.lineage, DISK_STEP, key.ingredients);
  await noteIngredients(session.store, session.lineage, DISK_STEP, key.ingredients);
  if (!canKeep(disk) || (await diskUsage(disk.images)) > LARGEST_KEPT_BYTES) return notKept;
  // Copying a disk takes about as long as filling it. Where the copy is not free, it is made when that hardly makes this
  // build longer, or when the same tree comes to a disk for the second time: somebody works on the scripts after it.
  const small = performance.now() - filling < SMALL_PART * (filling - session.started);
  const worth = small || repeated || (await sharesBlocks(session.store.directory, session.commands));
  return worth ? keep(session, disk, plan, key) : notKept;
}

/**
 * Key of the populated disk: the tree, and everything its size and layout come from. Undefined when there are scripts
 * of `block-device.d`: they may change the tree or the host in ways that no layer holds.
 */
async function diskKey(session: BuildSession, state: ImageState): Promise<LayerKey | undefined> {
  if ((await phaseScripts(session, state, "block-device.d")).length > 0) return undefined;
  return populatedDiskKey(session.job, state);
}

function assemblerOf({ job }: BuildSession): DiskAssembler {
  return DISK_ASSEMBLERS[job.disk.chosen.way];
}

/** Undefined when the copy cannot be used, for instance because another build has just removed it. */
async function restore(session: BuildSession, context: BuildContext, meta: DiskEntry): Stage<MountedDisk | undefined> {
  const name = layerName(meta.key);
  const plan = await readJson<DiskPlan>(join(session.store.treeDirectory(name, "disk"), "plan.json"));
  if (plan === undefined) return ok(undefined);
  const disks = plan.nodes.filter(({ kind }) => kind === "local-loop");
  const place = (disk: { readonly name: string }) =>
    join(session.store.treeDirectory(name, "disk"), `${disk.name}.raw`);
  const images = Object.fromEntries(disks.map((disk) => [disk.name, place(disk)]));
  const { reopen } = assemblerOf(session);
  if (reopen === undefined) return ok(undefined);
  const opened = await openInPlace(session, context, plan, (place) => reopen({ plan, images }, place));
  if (opened.ok) return opened;
  if (session.signal.aborted) return err({ kind: "interrupted" });
  await session.store.remove(meta);
  warn(session, "the disk is made anew, because its copy could not be opened", opened.error);
  return ok(undefined);
}

type KeepableDisk = MountedDisk & Required<Pick<MountedDisk, "keep">>;

function canKeep(disk: MountedDisk): disk is KeepableDisk {
  return disk.keep !== undefined;
}

/** Copies the disk while it is quiet; what takes time after that goes on beside the scripts on the disk. */
async function keep(session: BuildSession, disk: KeepableDisk, plan: DiskPlan, key: LayerKey): Stage<PopulatedDisk> {
  const staging = stagingPath(session, "disk");
  const work = () => stage(session, disk.keep(join(staging, "disk")));
  await mkdir(staging, { recursive: true });
  const copied = await timed(session, "disk", "keep", work);
  if (!copied.ok) return copied;
  const { images, reason } = copied.value;
  const kept =
    images === undefined ? rm(staging, { recursive: true, force: true }) : commit(session, staging, plan, key);
  if (reason !== undefined && !session.signal.aborted) warn(session, "the disk is not kept for later builds", reason);
  const settled = kept.catch((error: unknown) => {
    session.emit({ type: "warning", message: `the disk is not kept for later builds: ${String(error)}` });
    return rm(staging, { recursive: true, force: true });
  });
  return ok({ disk, kept: settled });
}

async function commit(session: BuildSession, staging: string, plan: DiskPlan, key: LayerKey): Promise<void> {
  await writeFile(join(staging, "disk", "plan.json"), JSON.stringify(plan));
  const measured = await measureFiles(session.commands, staging, ["disk"]);
  if (measured === undefined) return;
  await session.store.commit(staging, {
    version: 2,
    kind: "disk",
    key: key.key,
    label: { phase: "disk", script: "populated" },
    created: new Date().toISOString(),
    seconds: 0,
    ...measured,
    ingredients: key.ingredients,
  });
  await dropEarlier(session, key.key);
}

/** Disks are large: an image keeps the newest one only. */
async function dropEarlier(session: BuildSession, key: string): Promise<void> {
  const earlier = await session.store.records.newestDisk(session.lineage);
  await session.store.records.saveNewestDisk(session.lineage, key);
  if (earlier === undefined || earlier === key) return;
  const meta = await session.store.find(earlier);
  if (meta !== undefined) await session.store.remove(meta);
}

function warn(session: BuildSession, consequence: string, failure: DiskFailure): void {
  session.emit({ type: "warning", message: `${consequence}: ${failure.message}` });
}
