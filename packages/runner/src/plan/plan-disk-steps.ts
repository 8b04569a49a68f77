import { type Phase, phasesOn } from "@dibkit/model";
import type { BuildJob } from "../job/build-job.js";
import type { DiskEntry, ImageState } from "../job/layer.js";
import type { LayerKey } from "../layers/layer-key.js";
import { lookUp } from "../layers/look-up.js";
import { declaredVariablePhases } from "./declared-phases.js";
import { DISK_STEP, OUTPUT_STEP, outputsKey, populatedDiskKey } from "./disk-keys.js";
import { hooksBaseOf } from "./hooks-tree.js";
import { finishStep } from "./own-steps.js";
import { phaseStep } from "./phase-step.js";
import { planDiskLayers } from "./plan-disk-layers.js";
import type { PlannedStep } from "./plan-document.js";
import { type PlanningContext, plannedScripts, recordedEnvironment } from "./planned-scripts.js";
import { stepKey, stepName } from "./script-step.js";

type Outputs = Pick<BuildJob, "image" | "disk" | "elements">;

/**
 * What follows the finished tree: the populated disk, the scripts that work on it, the outputs. `state` is undefined
 * when the tree has to be made first. When the outputs are kept, nothing else of this runs.
 */
export async function planDiskSteps(
  context: PlanningContext,
  { image, disk, elements }: Outputs,
  state: ImageState | undefined,
): Promise<readonly PlannedStep[]> {
  const { request, base } = context;
  const inputs = { request, image, disk, elements };
  const before = await scriptsOf(context, state, phasesOn("beside"));
  const onDisk = await scriptsOf(context, state, phasesOn("disk"));
  const keys = { ...before.keys, ...onDisk.keys };
  const isKnown = state !== undefined && before.isKnown && onDisk.isKnown;
  const outputs = await ownLayer(context, OUTPUT_STEP, isKnown ? outputsKey(inputs, state, keys) : undefined);
  const hasNoScriptsBeside = before.steps.length === 0;
  const diskKey = state !== undefined && hasNoScriptsBeside ? populatedDiskKey(inputs, state) : undefined;
  const diskLayer = await ownLayer(context, DISK_STEP, diskKey, outputs.reason);
  const finish = { phase: "dibkit", script: finishStep(base).label.script, element: null, runs: "host" as const };
  const work = [
    ...[...before.steps, diskLayer],
    ...(disk.chosen.way === "files" && hasNoScriptsBeside
      ? await planDiskLayers(context, state, diskLayer.cached ? await keptDisk(context, diskKey) : undefined)
      : [...onDisk.steps, { ...finish, key: null, ...ON_DISK }]),
  ];
  if (!outputs.cached) return [...work, outputs];
  return [...work.map(({ reason: _, ...step }) => ({ ...step, cached: true })), outputs];
}

async function keptDisk({ store }: PlanningContext, key: LayerKey | undefined): Promise<DiskEntry | undefined> {
  const entry = key && (await store?.find(key.key));
  return entry?.kind === "disk" ? entry : undefined;
}

const ON_DISK = { cached: false, reason: "works on the real disk" };

async function scriptsOf(context: PlanningContext, state: ImageState | undefined, phases: readonly Phase[]) {
  const declared = declaredVariablePhases(context.hooks);
  const steps: PlannedStep[] = [];
  const keys: Record<string, string> = {};
  let isKnown = true;
  for (const phase of phases) {
    const scripts = plannedScripts(context, phase);
    const environment = scripts.length > 0 && state ? await recordedEnvironment(context, phase, state) : undefined;
    for (const script of scripts) {
      const step = phaseStep(phase, script, environment ?? {}, true, declared);
      const { label, side } = step;
      steps.push({ ...label, element: label.element ?? null, runs: side, key: null, ...ON_DISK });
      if (environment === undefined || state === undefined) isKnown = false;
      else keys[stepName(label)] = stepKey(step, state, context.keys).key;
    }
  }
  return { steps, keys, isKnown };
}

/**
 * A layer of dibkit's own; without a key, what it is made of is not known yet. One that is not kept each time has the
 * reason `unchanged` when it is missing though nothing has changed.
 */
async function ownLayer(
  { request, store, lineage, hooks }: PlanningContext,
  name: typeof OUTPUT_STEP | typeof DISK_STEP,
  key: LayerKey | undefined,
  unchanged?: string,
): Promise<PlannedStep> {
  const [phase = "", script = ""] = name.split("/");
  const base = { phase, script, element: null, runs: "host" as const, key: key?.key ?? null };
  if (key === undefined) return { ...base, cached: false, reason: "comes after a step that has to run" };
  const context = { store, lineage, request, hooks: hooksBaseOf(hooks) };
  const found = await lookUp(context, name === OUTPUT_STEP ? "output" : "disk", name, key, unchanged);
  return found.hit ? { ...base, cached: true } : { ...base, cached: false, reason: found.reason };
}
