import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
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
import { DISK_PLAN_FILE, keptDiskPlan } from "../layers/kept-disk-plan.js";
import type { LayerKey } from "../layers/layer-key.js";
import { layerName } from "../layers/layer-store.js";
import { lookUp, replacesLayers } from "../layers/look-up.js";
import { measureFiles } from "../layers/measure-files.js";
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
  /**
   * Stands for the tree and for every byte of the devices. Undefined for a disk that is none of files, and where scripts of
   * `block-device.d` may have changed what no layer holds.
   */
  readonly content?: string;
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
  if (restored.value !== undefined) return refill(session, restored.value, found.entry);
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
  if (assemblerOf(session).keeps === "empty") {
    return key === undefined || plan === undefined ? notKept : keepEmpty(session, disk, plan, key);
  }
  if (key === undefined || plan === undefined || !keepLayers) return notKept;
  const repeated = await isRepeated(session.store, session.lineage, DISK_STEP, key.ingredients);
  await noteIngredients(session.store, session.lineage, DISK_STEP, key.ingredients);
  if (!canKeep(disk) || (await diskUsage(disk.images)) > LARGEST_KEPT_BYTES) return notKept;
  // Copying a disk takes about as long as filling it. Where the copy is not free, it is made when that hardly makes this
  // build longer, or when the same tree comes to a disk for the second time: somebody works on the scripts after it.
  const small = performance.now() - filling < SMALL_PART * (filling - session.started);
  const worth = small || repeated || (await sharesBlocks(session.store.directory, session.commands));
  if (!worth) return notKept;
  const kept = await keep(session, disk, plan, key);
  return kept.ok ? ok({ disk, kept: kept.value.kept.then(() => undefined) }) : kept;
}

/**
 * Key of the populated disk: the tree, and everything its size and layout come from. Undefined when there are scripts
 * of `block-device.d`: they may change the tree or the host in ways that no layer holds.
 */
async function diskKey(session: BuildSession, state: ImageState): Promise<LayerKey | undefined> {
  if ((await phaseScripts(session, state, "block-device.d")).length > 0) return undefined;
  return populatedDiskKey(session.job, state);
}

/** A disk that was kept before the tree was on it gets the tree now. */
async function refill(session: BuildSession, disk: MountedDisk, { content }: DiskEntry): Stage<PopulatedDisk> {
  if (assemblerOf(session).keeps === "filled") return ok({ disk, kept: Promise.resolve() });
  const filled = await timed(session, "disk", "copy", () => stage(session, disk.fill()));
  return filled.ok ? ok({ disk, kept: Promise.resolve(), content }) : filled;
}

/** A disk in files is kept whatever it costs, which is little: layers of scripts that work on it are of use with it only. */
async function keepEmpty(
  session: BuildSession,
  disk: MountedDisk,
  plan: DiskPlan,
  key: LayerKey,
): Stage<PopulatedDisk> {
  await noteIngredients(session.store, session.lineage, DISK_STEP, key.ingredients);
  if (!canKeep(disk)) return ok({ disk, kept: Promise.resolve() });
  const kept = await keep(session, disk, plan, key);
  if (!kept.ok) return kept;
  const content = await kept.value.kept;
  return ok({ disk, kept: Promise.resolve(), ...(content === undefined ? {} : { content }) });
}

function assemblerOf({ job }: BuildSession): DiskAssembler {
  return DISK_ASSEMBLERS[job.disk.chosen.way];
}

/** Undefined when the copy cannot be used, for instance because another build has just removed it. */
async function restore(session: BuildSession, context: BuildContext, meta: DiskEntry): Stage<MountedDisk | undefined> {
  const plan = await keptDiskPlan(session.store, meta);
  if (plan === undefined) return ok(undefined);
  const directory = session.store.treeDirectory(layerName(meta.key), "disk");
  const files = (await readdir(directory)).filter((file) => file.endsWith(RAW));
  const images = Object.fromEntries(files.map((file) => [basename(file, RAW), join(directory, file)]));
  const { reopen } = assemblerOf(session);
  const opened = await openInPlace(session, context, plan, (place) => reopen({ plan, images }, place));
  if (opened.ok) return opened;
  if (session.signal.aborted) return err({ kind: "interrupted" });
  await session.store.remove(meta);
  warn(session, "the disk is made anew, because its copy could not be opened", opened.error);
  return ok(undefined);
}

/** Suffix of the files of a kept disk. */
const RAW = ".raw";

/** A copy on its way into the store; comes to the hash of its content when it is there, else to nothing. */
interface KeptCopy {
  readonly kept: Promise<string | undefined>;
}

type KeepableDisk = MountedDisk & Required<Pick<MountedDisk, "keep">>;

function canKeep(disk: MountedDisk): disk is KeepableDisk {
  return disk.keep !== undefined;
}

/** Copies the disk while it is quiet; what takes time after that goes on beside the scripts on the disk. */
async function keep(session: BuildSession, disk: KeepableDisk, plan: DiskPlan, key: LayerKey): Stage<KeptCopy> {
  const staging = stagingPath(session, "disk");
  const work = () => stage(session, disk.keep(join(staging, "disk")));
  await mkdir(staging, { recursive: true });
  const copied = await timed(session, "disk", "keep", work);
  if (!copied.ok) return copied;
  const { images, reason } = copied.value;
  const kept =
    images === undefined
      ? rm(staging, { recursive: true, force: true }).then(() => undefined)
      : commit(session, staging, plan, key);
  if (reason !== undefined && !session.signal.aborted) warn(session, "the disk is not kept for later builds", reason);
  const settled = kept.catch(async (error: unknown) => {
    session.emit({ type: "warning", message: `the disk is not kept for later builds: ${String(error)}` });
    await rm(staging, { recursive: true, force: true });
    return undefined;
  });
  return ok({ kept: settled });
}

/** Gives the hash of the copy's content; undefined when it could not be read. */
async function commit(
  session: BuildSession,
  staging: string,
  plan: DiskPlan,
  key: LayerKey,
): Promise<string | undefined> {
  await writeFile(join(staging, "disk", DISK_PLAN_FILE), JSON.stringify(plan));
  const measured = await measureFiles(session.commands, staging, ["disk"]);
  if (measured === undefined) return undefined;
  const entry: DiskEntry = {
    version: 2,
    kind: "disk",
    key: key.key,
    label: { phase: "disk", script: "populated" },
    created: new Date().toISOString(),
    seconds: 0,
    ...measured,
    ingredients: key.ingredients,
  };
  const isEmpty = assemblerOf(session).keeps === "empty";
  await session.store.commit(staging, entry, isEmpty && replacesLayers(session.job.request));
  if (!isEmpty) await dropEarlier(session, key.key);
  return measured.content;
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
