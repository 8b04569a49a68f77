import { basename, join } from "node:path";
import { bashCommand, createUndoStack } from "@dibkit/exec";
import { err, ok, phasesOn, type Result } from "@dibkit/model";
import type { MountedDisk } from "../disk/mounted-disk.js";
import { checkFormats } from "../formats/check-formats.js";
import { commitFormats } from "../formats/commit-formats.js";
import { type WrittenFormat, writeFormats } from "../formats/write-formats.js";
import { renderTreeMount } from "../host/tree-mount.js";
import type { BuildContext } from "../job/build-context.js";
import { BUILD_DIRECTORY, TARGET_DIRECTORY, TREE_DIRECTORY } from "../job/build-directories.js";
import type { BuildFailure } from "../job/build-job.js";
import type { DiskChange } from "../job/disk-change.js";
import type { ImageState, OutputEntry } from "../job/layer.js";
import { lookUp } from "../layers/look-up.js";
import { OUTPUT_STEP } from "../plan/disk-keys.js";
import { formatRequest } from "../plan/format-request.js";
import { sourceDate } from "../plan/source-date.js";
import { bringOutputs } from "./bring-layer.js";
import { type BuildSession, buildPaths, lookUpContext, stagingPath } from "./build-session.js";
import { finishOnDisk } from "./finish-on-disk.js";
import { refuseLegacyDevice } from "./legacy-device.js";
import { keepOutputs, noteKeptChanges, outputKey, restoreOutputs, writtenBeside } from "./output-layer.js";
import { type PopulatedDisk, populatedDisk } from "./populated-disk.js";
import { runPhase } from "./run-phase.js";
import { showImageUsage } from "./show-image-usage.js";
import { stage } from "./stage.js";
import { timed } from "./timed.js";

type Stage<T> = Promise<Result<T, BuildFailure>>;

/** From the finished root tree to the output files: disk, copy, the phases on the real disk, formats. */
export async function makeImage(session: BuildSession, state: ImageState): Stage<readonly string[]> {
  const undo = createUndoStack();
  const context: BuildContext = {
    buildDirectory: BUILD_DIRECTORY,
    targetPath: TARGET_DIRECTORY,
    treePath: TREE_DIRECTORY,
    // Not its name inside the build: the backing file of a loop device then tells everybody whose it is.
    imageDirectory: buildPaths(session.store.directory, session.job.id).image,
    scratchDirectory: join(session.directory, "scratch"),
    architecture: session.job.request.architecture,
    environment: session.base,
    commands: session.commands,
    undo,
    emit: session.emit,
    signal: session.signal,
  };
  try {
    return await makeImageIn(context, session, state);
  } finally {
    for (const { label, error } of await undo.unwind()) {
      session.emit({ type: "warning", message: `could not ${label}: ${String(error)}` });
    }
  }
}

async function makeImageIn(context: BuildContext, session: BuildSession, state: ImageState): Stage<readonly string[]> {
  const request = formatRequest(session.job.request, session.job.image);
  session.remote?.offerTree({ layers: state.root, image: basename(session.job.image) });
  const key = await outputKey(session, state);
  const found = key && (await lookUp(lookUpContext(session), "output", OUTPUT_STEP, key));
  const { pullOnly } = session.job.request;
  if (found?.hit) return pullOnly ? err({ kind: "interrupted" }) : useOutputs(session, context, found.entry);
  const brought = key && (await bringOutputs(session, key));
  if (pullOnly) return err({ kind: "interrupted" });
  if (brought !== undefined) return useOutputs(session, context, brought);
  const reason = found?.reason;
  const shown = await showTree(session, state);
  if (!shown.ok) return shown;
  const since = Date.now();
  const legacy = await runBlockDeviceScripts(session, state);
  if (!legacy.ok) return legacy;
  const refused = await refuseLegacyDevice(session);
  if (!refused.ok) return refused;
  await showImageUsage(session, TREE_DIRECTORY);
  const populated = await populatedDisk(session, context, state, reason);
  if (!populated.ok) return populated;
  const { disk, kept: diskKept } = populated.value;
  try {
    const written = await finishImage(session, context, state, populated.value);
    if (!written.ok) return written;
    const beside = await writtenBeside(session.job.image, since);
    const { keepLayers = true } = session.job.request;
    const seconds = (Date.now() - since) / 1000;
    // Removing a raw file takes about as long as keeping what was made of it.
    const removed = disk.finish();
    const changes = written.value.changes;
    if (keepLayers && changes !== undefined) await session.store.records.saveDiskChanges(session.job.id, changes);
    const made = { written: written.value.formats, beside, seconds, changes };
    if (key !== undefined && keepLayers) await keepOutputs(session, key, made);
    await removed;
    if (session.signal.aborted) return err({ kind: "interrupted" });
    // Last: when an image is in its place, nothing can fail any more.
    return stage(session, commitFormats(written.value.formats, request, context));
  } finally {
    // Also after a script on the disk failed: the next build then begins with that script's phase.
    await diskKept;
  }
}

/** Puts the outputs of an earlier build in place; like any step whose layer is there, this is one line of the build. */
async function useOutputs(session: BuildSession, context: BuildContext, meta: OutputEntry): Stage<readonly string[]> {
  const outputs = await stage(session, restoreOutputs(session, context, meta));
  if (outputs.ok) await noteKeptChanges(session, meta);
  if (outputs.ok) session.remote?.offer(meta);
  const { label, seconds } = meta;
  if (outputs.ok) session.emit({ type: "step-finished", id: OUTPUT_STEP, label, seconds, outcome: "cached" });
  return outputs;
}

interface FinishedImage {
  /** Written, and waiting to be put in place. */
  readonly formats: readonly WrittenFormat[];
  /** What steps on the disk changed; undefined when the disk could not be read for it. */
  readonly changes: readonly DiskChange[] | undefined;
}

/** From the populated disk to written formats. */
async function finishImage(
  session: BuildSession,
  context: BuildContext,
  state: ImageState,
  populated: PopulatedDisk,
): Stage<FinishedImage> {
  const { disk } = populated;
  const request = formatRequest(session.job.request, session.job.image);
  const finished = await finishOnDisk(session, state, populated);
  if (!finished.ok) return finished;
  const trees = await timed(session, "formats", "from the tree", () =>
    stage(session, writeFormats(request, { kind: "tree", path: disk.rootPath }, context)),
  );
  if (!trees.ok) return trees;
  const rewritten = await rewriteOnDate(session, disk);
  if (!rewritten.ok) return rewritten;
  const unmounted = await timed(session, "disk", "unmount", () => stage(session, disk.unmount()));
  if (!unmounted.ok) return unmounted;
  const images = await timed(session, "formats", request.types.join(","), () =>
    stage(session, writeFormats(request, { kind: "image", path: unmounted.value.imagePath }, context)),
  );
  return images.ok ? ok({ formats: [...trees.value, ...images.value], changes: finished.value }) : images;
}

/** For a repeatable image: its filesystems anew, see `rewriteDisk`. Archives alone need no disk. */
async function rewriteOnDate(session: BuildSession, disk: MountedDisk): Stage<void> {
  const { request } = session.job;
  const date = sourceDate(request.environment);
  const { units } = checkFormats(formatRequest(request, session.job.image));
  if (date === undefined || units.every(({ source }) => source === "tree")) return ok(undefined);
  const done = await timed(session, "disk", "rewrite", () => stage(session, disk.rewrite(date)));
  if (!done.ok) return done;
  for (const { name, reason } of done.value) {
    session.emit({ type: "warning", message: `filesystem "${name}" will not be the same in another build: ${reason}` });
  }
  return ok(undefined);
}

/** Mounts the finished tree and the hooks for the rest of the build; their changes are thrown away at the end. */
async function showTree(session: BuildSession, state: ImageState): Stage<void> {
  const staging = stagingPath(session, "tree");
  const { root, hooks } = await session.trees.show(state, staging);
  for (const tree of [{ ...root, at: TREE_DIRECTORY }, hooks]) {
    const mounted = await session.commands.run(bashCommand(renderTreeMount(tree)));
    if (!mounted.ok) return commandFailure(session, `cannot mount the layers at ${tree.at}`, mounted.error.tail);
  }
  return ok(undefined);
}

/** `block-device.d` runs beside the finished tree, before there is a disk; nothing is mounted at the target then. */
async function runBlockDeviceScripts(session: BuildSession, tree: ImageState): Stage<ImageState> {
  let state: ImageState = { ...tree, hash: "tree", root: [], mounts: [] };
  for (const phase of phasesOn("beside")) {
    const done = await runPhase(session, phase, state, true);
    if (!done.ok) return done;
    state = done.value;
  }
  return ok(state);
}

function commandFailure(session: BuildSession, message: string, tail: readonly string[]): Result<never, BuildFailure> {
  return err(session.signal.aborted ? { kind: "interrupted" } : { kind: "stage-failed", message, tail });
}
