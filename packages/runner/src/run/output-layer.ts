import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { commandError } from "@dibkit/exec";
import { phasesOn, type Result } from "@dibkit/model";
import { checkFormats } from "../formats/check-formats.js";
import { commitFormats } from "../formats/commit-formats.js";
import type { FormatUnit } from "../formats/format.js";
import type { FormatFailure } from "../formats/format-failure.js";
import { partialName } from "../formats/partial-file.js";
import type { WrittenFormat } from "../formats/write-formats.js";
import type { BuildContext } from "../job/build-context.js";
import type { DiskChange } from "../job/disk-change.js";
import type { ImageState, OutputEntry } from "../job/layer.js";
import { noteIngredients } from "../layers/explain-miss.js";
import type { LayerKey } from "../layers/layer-key.js";
import { layerName } from "../layers/layer-store.js";
import { replacesLayers } from "../layers/look-up.js";
import { measureFiles } from "../layers/measure-files.js";
import { DISK_CHANGES, readJson, writeJson } from "../layers/store-records.js";
import { OUTPUT_STEP, outputsKey } from "../plan/disk-keys.js";
import { formatRequest } from "../plan/format-request.js";
import { phaseStep } from "../plan/phase-step.js";
import { findStepKey, stepName } from "../plan/script-step.js";
import { type BuildSession, stagingPath } from "./build-session.js";
import { environmentOfPhase } from "./environment-of-phase.js";
import { environmentFiles, phaseScripts } from "./phase-scripts.js";

/** Outputs and disks larger than this are not kept a second time. */
export const LARGEST_KEPT_BYTES = 8 * 1024 ** 3;

const LABEL = { phase: "formats", script: "outputs" };

const isNoFile = ({ extension }: FormatUnit) => extension === undefined;

/**
 * Key of the finished outputs: the tree, the disk layout, every script that runs on the disk and the formats. The
 * scripts' environment is taken before there is a disk, because device names differ from build to build. Undefined when
 * the outputs cannot be kept.
 */
export async function outputKey(session: BuildSession, state: ImageState): Promise<LayerKey | undefined> {
  const { request } = session.job;
  // A daemon may have lost what it was given.
  if (checkFormats(formatRequest(request, session.job.image)).units.some(isNoFile)) return undefined;
  const keys: Record<string, string> = {};
  const files = await environmentFiles(session, state);
  for (const phase of [...phasesOn("beside"), ...phasesOn("disk")]) {
    const scripts = await phaseScripts(session, state, phase.name);
    if (scripts.length === 0) continue;
    const environment = await environmentOfPhase(session, phase, state, files, false);
    if (!environment.ok) return undefined;
    for (const script of scripts) {
      const step = phaseStep(phase, script, environment.value, true, session.job.declaredPhases);
      const { key } = await findStepKey(step, state, session.keys);
      keys[stepName(step.label)] = key;
    }
  }
  return outputsKey(session.job, state, keys);
}

/** Puts kept outputs in place again, as a build would. */
export async function restoreOutputs(
  session: BuildSession,
  context: BuildContext,
  meta: OutputEntry,
): Promise<Result<readonly string[], FormatFailure>> {
  const from = session.store.treeDirectory(layerName(meta.key), "output");
  const directory = dirname(session.job.image);
  const request = formatRequest(session.job.request, session.job.image);
  const written: WrittenFormat[] = [];
  for (const name of await readdir(join(from, "image"))) {
    const path = join(directory, name);
    const temporaryPath = join(directory, partialName(name, context.scratchDirectory));
    const undo = context.undo.defer(`remove ${temporaryPath}`, () => rm(temporaryPath, { force: true }));
    await copy(session, join(from, "image", name), temporaryPath);
    written.push({ format: name, temporaryPath, path, undo });
  }
  for (const name of await readdir(join(from, "beside")).catch(() => [])) {
    await copy(session, `${join(from, "beside", name)}`, join(directory, name));
  }
  return commitFormats(written, request, context);
}

/** What scripts on the disk changed in outputs that are used again is true of the build that uses them too. */
export async function noteKeptChanges({ store, job }: BuildSession, meta: OutputEntry): Promise<void> {
  const kept = join(store.treeDirectory(layerName(meta.key), "output"), DISK_CHANGES);
  const changes = await readJson<readonly DiskChange[]>(kept);
  if (changes !== undefined) await store.records.saveDiskChanges(job.id, changes);
}

interface MadeOutputs {
  readonly written: readonly WrittenFormat[];
  /** What scripts put beside them. */
  readonly beside: readonly string[];
  /** How long it took from the finished tree to the outputs. */
  readonly seconds: number;
  readonly changes: readonly DiskChange[] | undefined;
}

/** Keeps finished outputs, and what scripts wrote beside them, as a layer; the build goes on when it cannot. */
export async function keepOutputs(session: BuildSession, key: LayerKey, made: MadeOutputs): Promise<void> {
  const staging = stagingPath(session, "outputs");
  try {
    await copyOutputs(session, staging, key, made);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    if (session.signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    session.emit({ type: "warning", message: `the outputs are not kept for later builds: ${reason}` });
  }
}

async function copyOutputs(
  session: BuildSession,
  staging: string,
  key: LayerKey,
  { written, beside, seconds, changes }: MadeOutputs,
): Promise<void> {
  const sizes = await Promise.all(written.map(async ({ temporaryPath }) => (await stat(temporaryPath)).blocks * 512));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > LARGEST_KEPT_BYTES || written.length === 0) return;
  await mkdir(join(staging, "output", "image"), { recursive: true });
  await mkdir(join(staging, "output", "beside"), { recursive: true });
  for (const { temporaryPath, path } of written)
    await copy(session, temporaryPath, join(staging, "output", "image", basename(path)));
  for (const path of beside) await copy(session, path, join(staging, "output", "beside", basename(path)));
  if (changes !== undefined) await writeJson(join(staging, "output", DISK_CHANGES), changes);
  const measured = await measureFiles(session.commands, staging, ["output"]);
  if (measured === undefined) return;
  await noteIngredients(session.store, session.lineage, OUTPUT_STEP, key.ingredients);
  const meta: OutputEntry = {
    version: 2,
    kind: "output",
    key: key.key,
    label: LABEL,
    created: new Date().toISOString(),
    seconds,
    ...measured,
    ingredients: key.ingredients,
    ...(session.sealed.by === undefined ? { secretFree: true } : {}),
  };
  const kept = await session.store.commit(staging, meta, replacesLayers(session.job.request));
  session.remote?.offer(kept);
}

/** What scripts on the disk put beside the outputs since a moment: manifests, kernels, ramdisks named after the image. */
export async function writtenBeside(image: string, since: number): Promise<readonly string[]> {
  const directory = dirname(image);
  const found: string[] = [];
  for (const name of await readdir(directory).catch(() => [])) {
    if (!name.startsWith(`${basename(image)}.`)) continue;
    if ((await stat(join(directory, name))).ctimeMs >= since) found.push(join(directory, name));
  }
  return found;
}

async function copy(session: BuildSession, from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rm(to, { recursive: true, force: true });
  const copied = await session.commands.run(["cp", "-a", "--reflink=auto", "--sparse=auto", "--", from, to]);
  if (!copied.ok && copied.error.kind !== "aborted") throw commandError(`copy "${from}"`, copied.error);
}
