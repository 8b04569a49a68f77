import { compareEnvironmentFiles, PHASES, type Phase } from "@dibkit/model";
import { evaluateExports, type KnownEnvironment } from "@dibkit/shell";
import type { StepLabel } from "../job/build-event.js";
import type { BuildJob } from "../job/build-job.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";
import { isReadByPrograms } from "../job/published-variables.js";
import { declaredVariablePhases } from "./declared-phases.js";
import { formatRequest } from "./format-request.js";
import { type OwnStep, ownSteps } from "./own-steps.js";
import { startingEnvironment } from "./phase-environment.js";
import { phaseStep } from "./phase-step.js";
import { type PlanningContext, plannedEnvironmentFiles, plannedScripts } from "./planned-scripts.js";
import { type ScriptStep, stepKey } from "./script-step.js";

/** A step before the disk, and what it will have in common with steps of other images. */
export interface PredictedStep {
  readonly label: StepLabel;
  /**
   * Steps of two images with the same value have the same key when they run on one machine. It says nothing of contents,
   * so nothing need have run; and nothing of this machine, so others come to the same.
   */
  readonly key: string;
}

export interface Prediction {
  readonly steps: readonly PredictedStep[];
  /** The same for the outputs. */
  readonly outputs: string;
}

/** Variables that are of one machine or of one call, and differ between images whose scripts do the same. */
const OF_THE_CALL: ReadonlySet<string> = new Set(["DIB_PYTHON_EXEC", "PYTHONPATH", "DIB_NO_TMPFS", "DIB_MIN_TMPFS"]);

/**
 * Follows an image's scripts without a store: the key of each is made of the one before it in place of the content that
 * it leaves. What `environment.d` computes is told by the files that compute it.
 */
export function predictSteps(context: PlanningContext, { disk }: Pick<BuildJob, "disk">): Prediction {
  const { request, base, hooks } = context;
  const own = ownSteps(request, base);
  const declared = declaredVariablePhases(hooks);
  const steps: PredictedStep[] = [];
  const onDisk: string[] = [];
  let parent = "";
  for (const phase of PHASES as readonly Phase[]) {
    const beforeDisk = phase.worksOn === "tree";
    const scripts = plannedScripts(context, phase);
    const { values, functions } = scripts.length > 0 ? predictEnvironment(context, phase) : NOTHING;
    const wanted = scripts.map((script) => ({
      ...phaseStep(phase, script, values, !beforeDisk, declared),
      // Code that runs in every script that calls it.
      ...(functions === undefined ? {} : { options: { "functions of environment.d": functions } }),
    }));
    for (const step of [...wanted, ...(beforeDisk ? ofPhase(own, phase) : [])]) {
      const key = predictedKey(context, step, parent);
      if (!beforeDisk) onDisk.push(key);
      else {
        parent = key;
        steps.push({ label: step.label, key });
      }
    }
  }
  const { imageSize, imageExtraSize, journalSize, imageName } = request;
  const formats = { ...formatRequest(request, ""), name: imageName };
  const outputs = [parent, onDisk, disk.source.text, disk.environment, formats, imageSize, imageExtraSize, journalSize];
  return { steps, outputs: hashText(JSON.stringify(outputs)) };
}

function ofPhase(own: readonly OwnStep[], phase: Phase) {
  return own.filter(({ after }) => after === phase.name).map(({ step }) => step);
}

function predictedKey({ request, keys, secrets }: PlanningContext, step: ScriptStep, parent: string): string {
  const hidden = Object.values(secrets);
  const { passEnvironment = [] } = request;
  // What a machine's login gives programs, unless the image says it.
  const counts = (name: string) =>
    !OF_THE_CALL.has(name) && (!isReadByPrograms(name) || passEnvironment.includes(name));
  const environment = Object.fromEntries(Object.entries(step.environment).filter(([name]) => counts(name)));
  // A store tells secrets by a key of its own; which secret it is has to do here.
  const digest = (value: string) => hashText(hidden.some((secret) => value.includes(secret)) ? "secret" : value);
  // With inputs of its own, as here, no file of the host is looked at.
  const known = { ...step, environment, inputs: step.inputs ?? step.declared ?? Object.keys(environment) };
  return stepKey(known, { hash: parent }, { ...keys, digest }).key;
}

interface PredictedEnvironment {
  readonly values: EnvironmentValues;
  /** A hash of the files, where one of them exports functions. */
  readonly functions?: string;
}

const NOTHING: PredictedEnvironment = { values: {} };

/** The environment of a phase as far as the files of `environment.d` say it; a mark of the files where they do not. */
function predictEnvironment(context: PlanningContext, phase: Phase): PredictedEnvironment {
  const start = startingEnvironment(context.base, phase);
  const files = plannedEnvironmentFiles(context, phase).toSorted((a, b) =>
    compareEnvironmentFiles(`environment.d/${a.name}`, `environment.d/${b.name}`),
  );
  let known: KnownEnvironment = new Map<string, string | null>(Object.entries(start));
  for (const { name, text } of files) known = evaluateExports({ path: name, text }, known);
  const mark = hashText(JSON.stringify(files.map(({ text }) => text)));
  const values = Object.fromEntries([...known].map(([name, value]) => [name, value ?? `computed by ${mark}`]));
  const exportsCode = files.some(({ text }) => /\b(export\s+-f|declare\s+-\w*f)\b/.test(text));
  return { values, ...(exportsCode ? { functions: mark } : {}) };
}
