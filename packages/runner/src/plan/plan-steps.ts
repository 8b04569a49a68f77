import { phasesOn } from "@dibkit/model";
import type { BuildJob } from "../job/build-job.js";
import { emptyState, type ImageState } from "../job/layer.js";
import { layerKind } from "../layers/open-layer-trees.js";
import { declaredVariablePhases } from "./declared-phases.js";
import { ownSteps } from "./own-steps.js";
import { phaseStep } from "./phase-step.js";
import { planDiskSteps } from "./plan-disk-steps.js";
import type { PlannedStep } from "./plan-document.js";
import { AFTER_ANOTHER, planStep, unknownEnvironment } from "./plan-step.js";
import { type PlanningContext, plannedScripts, recordedEnvironment } from "./planned-scripts.js";

/** Every script in order, and whether its layer is there. Follows the chain of layers without mounting anything. */
export async function planSteps(
  context: PlanningContext,
  outputs: Pick<BuildJob, "image" | "disk" | "elements">,
): Promise<readonly PlannedStep[]> {
  const { store } = context;
  const steps: PlannedStep[] = [];
  const own = ownSteps(context.request, context.base);
  const declared = declaredVariablePhases(context.hooks);
  // Undefined from the first step on that has to run: what comes after it depends on its result.
  let state: ImageState | undefined = emptyState((store && (await layerKind(store))) ?? "overlay");
  for (const phase of phasesOn("tree")) {
    const scripts = plannedScripts(context, phase);
    const environment = scripts.length > 0 && state ? await recordedEnvironment(context, phase, state) : undefined;
    const wanted = [
      ...scripts.map((script) => phaseStep(phase, script, environment ?? {}, false, declared)),
      ...own.filter(({ after }) => after === phase.name).map(({ step }) => step),
    ];
    for (const step of wanted) {
      const isScript = step.label.phase === phase.name;
      const usable: ImageState | undefined = isScript && environment === undefined ? undefined : state;
      const unknown = state === undefined ? AFTER_ANOTHER : await unknownEnvironment(context, step);
      const { planned, after } = await planStep(context, step, usable, unknown);
      steps.push(planned);
      state = after;
    }
  }
  return [...steps, ...(await planDiskSteps(context, outputs, state))];
}
