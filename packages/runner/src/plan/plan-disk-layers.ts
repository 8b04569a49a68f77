import { phasesOn } from "@dibkit/model";
import { blockDeviceEnvironment } from "../disk/disk-state.js";
import { plannedDevices } from "../disk/files/stand-in.js";
import type { DiskEntry, ImageState } from "../job/layer.js";
import { keptDiskPlan } from "../layers/kept-disk-plan.js";
import { declaredVariablePhases } from "./declared-phases.js";
import { layeredDiskHash } from "./disk-keys.js";
import { finishStep } from "./own-steps.js";
import { phaseStep } from "./phase-step.js";
import type { PlannedStep } from "./plan-document.js";
import { AFTER_ANOTHER, planStep, unknownEnvironment } from "./plan-step.js";
import { type PlanningContext, plannedScripts, recordedEnvironment } from "./planned-scripts.js";
import { environmentOnDisk, stateOnDisk } from "./start-on-disk.js";

/** The steps on a disk in files, whose layers stand on the kept disk; without one all of them have to run. */
export async function planDiskLayers(
  given: PlanningContext,
  tree: ImageState | undefined,
  kept: DiskEntry | undefined,
): Promise<readonly PlannedStep[]> {
  const begun = tree && kept && (await startOn(given, tree, kept));
  // Layers of a disk are not shared.
  const context: PlanningContext = { ...given, base: begun?.base ?? given.base, remote: undefined };
  const declared = declaredVariablePhases(context.hooks);
  const steps: PlannedStep[] = [];
  let state = begun?.state;
  for (const phase of phasesOn("disk")) {
    const scripts = plannedScripts(context, phase);
    const environment = scripts.length > 0 && state ? await recordedEnvironment(context, phase, state) : undefined;
    for (const script of scripts) {
      const step = phaseStep(phase, script, environment ?? {}, false, declared);
      const unknown = state === undefined ? AFTER_ANOTHER : await unknownEnvironment(context, step);
      const { planned, after } = await planStep(context, step, environment && state, unknown);
      steps.push(planned);
      state = after;
    }
  }
  const { planned } = await planStep(context, { ...finishStep(context.base), onDisk: false }, state, AFTER_ANOTHER);
  return [...steps, planned];
}

/** How the first script will find a kept disk; undefined when another process has just removed it. */
async function startOn({ store, base }: PlanningContext, tree: ImageState, kept: DiskEntry) {
  const plan = store && (await keptDiskPlan(store, kept));
  if (!plan) return undefined;
  const first = plan.nodes.find(({ kind, name }) => kind === "local-loop" && name === "image0");
  const bytes = first?.kind === "local-loop" ? (first.bytes ?? 0) : 0;
  const devices = blockDeviceEnvironment(plannedDevices(plan));
  return {
    state: stateOnDisk(tree, layeredDiskHash(kept.content, devices)),
    base: environmentOnDisk(base, devices, bytes),
  };
}
