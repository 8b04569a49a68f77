import type { ImageState } from "../layers/layer.js";
import type { EnvironmentValues } from "../plan/base-environment.js";
import type { ScriptStep } from "../plan/script-step.js";
import { sealEnvironment, secretValues } from "../plan/secrets.js";
import type { StepLabel } from "./build-event.js";
import type { BuildSession } from "./build-session.js";

/** One step of a build as it is remembered, for `dibkit shell` and `dibkit blame`. */
export interface RecordedStep {
  readonly label: StepLabel;
  readonly side: "host" | "target";
  /** Works on the real disk: its state is not kept. */
  readonly onDisk: boolean;
  readonly before: ImageState;
  /** Name of the layer; absent while the step runs and after it failed. */
  readonly layer?: string;
}

export interface BuildRecord {
  readonly id: string;
  /** ISO time. */
  readonly started: string;
  /** Absolute path of the outputs without suffix. */
  readonly image: string;
  readonly elements: readonly string[];
  readonly steps: readonly RecordedStep[];
  readonly status: "running" | "built" | "failed" | "interrupted";
  /** What scripts of each phase see, without the values of secrets. */
  readonly environments: Readonly<Record<string, EnvironmentValues>>;
}

const records = new Map<string, BuildRecord>();

/** Notes a step; the last note about a script counts. Written to disk when a step starts and at the end. */
export async function rememberStep(
  session: BuildSession,
  step: ScriptStep,
  before: ImageState,
  layer?: string,
): Promise<void> {
  const record = records.get(session.job.id) ?? newRecord(session);
  const { label, side, environment, onDisk = false } = step;
  const noted: RecordedStep = { label, side, onDisk, before, ...(layer === undefined ? {} : { layer }) };
  const same = (other: RecordedStep) => other.label.phase === label.phase && other.label.script === label.script;
  const steps = [...record.steps.filter((other) => !same(other)), noted];
  const secrets = { ...session.secrets, ...secretValues(session.secretNames, environment) };
  const environments = { ...record.environments, [label.phase]: sealEnvironment(environment, secrets) };
  records.set(session.job.id, { ...record, steps, environments });
  if (layer === undefined) await write(session);
}

/** Notes how the build ended. */
export async function finishRecord(session: BuildSession, status: BuildRecord["status"]): Promise<void> {
  records.set(session.job.id, { ...(records.get(session.job.id) ?? newRecord(session)), status });
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
    environments: {},
  };
}

async function write(session: BuildSession): Promise<void> {
  await session.store.writeJson(records.get(session.job.id), "builds", session.job.id, "record.json");
}
