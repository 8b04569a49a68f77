import type { ImageState } from "../layers/layer.js";
import type { EnvironmentValues } from "../plan/base-environment.js";
import type { StepLabel } from "./build-event.js";
import type { BuildSession } from "./build-session.js";

/** One step of a build as it is remembered, for `dibkit shell` and `dibkit blame`. */
export interface RecordedStep {
  readonly label: StepLabel;
  readonly side: "host" | "target";
  readonly before: ImageState;
  /** Name of the layer; absent while the step runs and after it failed. */
  readonly layer?: string;
}

export interface BuildRecord {
  readonly id: string;
  readonly started: string;
  /** Absolute path of the outputs without suffix. */
  readonly image: string;
  readonly elements: readonly string[];
  readonly steps: readonly RecordedStep[];
  readonly status: "running" | "built" | "failed" | "interrupted";
  /** Environment of the step that failed or ran last. */
  readonly environment?: EnvironmentValues;
}

const records = new WeakMap<BuildSession, BuildRecord>();

/** Notes a step; the last note about a script counts. The file is written at each executed step and at the end. */
export async function rememberStep(
  session: BuildSession,
  step: RecordedStep & { readonly environment?: EnvironmentValues },
): Promise<void> {
  const record = records.get(session) ?? newRecord(session);
  const { environment, ...kept } = step;
  const same = (other: RecordedStep) =>
    other.label.phase === step.label.phase && other.label.script === step.label.script;
  const steps = [...record.steps.filter((other) => !same(other)), kept];
  records.set(session, { ...record, steps, ...(environment === undefined ? {} : { environment }) });
  if (step.layer === undefined) await write(session);
}

/** Notes how the build ended. */
export async function finishRecord(session: BuildSession, status: BuildRecord["status"]): Promise<void> {
  records.set(session, { ...(records.get(session) ?? newRecord(session)), status });
  await write(session);
}

function newRecord(session: BuildSession): BuildRecord {
  return {
    id: session.job.id,
    started: new Date().toISOString(),
    image: session.job.image,
    elements: session.elements.map((element) => element.name),
    steps: [],
    status: "running",
  };
}

async function write(session: BuildSession): Promise<void> {
  await session.store.writeJson(records.get(session), "builds", session.job.id, "record.json");
}
