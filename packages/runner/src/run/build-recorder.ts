import type { StepLabel } from "../job/build-event.js";
import type { BuildJob } from "../job/build-job.js";
import type { BuildRecord, RecordedStep } from "../job/build-record.js";
import type { Fetched, NetworkNote } from "../job/fetched.js";
import type { ImageState } from "../job/layer.js";
import { outputFingerprint } from "../job/output-fingerprint.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { ScriptStep } from "../plan/script-step.js";
import { type SecretNames, type SecretValues, sealEnvironment, secretValues } from "../plan/secrets.js";

/** Writes down what a build does, for `dibkit shell` and `dibkit blame`. */
export interface BuildRecorder {
  /** Notes a step; the last note about a script counts. Written to disk when a step starts and at the end. */
  noteStep(step: ScriptStep, before: ImageState, layer?: string): Promise<void>;
  /** Notes how a step that leaves no layer used the network. */
  noteUse(step: ScriptStep, use: NetworkNote): void;
  /** Notes what the files of `environment.d` fetched for a phase. */
  noteEnvironment(phase: string, fetched: readonly Fetched[]): void;
  /** Notes how the build ended, and the bytes of its outputs, given by their absolute paths. */
  finish(status: BuildRecord["status"], outputs: readonly string[]): Promise<void>;
}

interface RecorderContext {
  readonly job: BuildJob;
  readonly store: LayerStore;
  readonly secretNames: SecretNames;
  readonly secrets: SecretValues;
}

export function createBuildRecorder({ job, store, secretNames, secrets }: RecorderContext): BuildRecorder {
  let record: BuildRecord = {
    id: job.id,
    started: new Date().toISOString(),
    image: job.image,
    elements: job.elements.map(({ name }) => name),
    disk: job.disk.chosen,
    steps: [],
    status: "running",
    environments: {},
  };
  const write = () => store.records.saveRecord(record);
  const same = (one: StepLabel, other: StepLabel) => one.phase === other.phase && one.script === other.script;
  return {
    async noteStep({ label, side, environment, onDisk = false }, before, layer) {
      const noted: RecordedStep = { label, side, onDisk, before, ...(layer === undefined ? {} : { layer }) };
      const sealed = sealEnvironment(environment, { ...secrets, ...secretValues(secretNames, environment) });
      record = {
        ...record,
        steps: [...record.steps.filter((other) => !same(other.label, label)), noted],
        environments: { ...record.environments, [label.phase]: sealed },
      };
      if (layer === undefined) await write();
    },
    noteUse({ label }, use) {
      const steps = record.steps.map((one) => (same(one.label, label) ? { ...one, ...use } : one));
      record = { ...record, steps };
    },
    noteEnvironment(phase, fetched) {
      record = { ...record, environmentFetches: { ...record.environmentFetches, [phase]: fetched } };
    },
    async finish(status, outputs) {
      const entries = outputs.map(async (path) => [path, await outputFingerprint(path)] as const);
      record = { ...record, status, outputs: Object.fromEntries(await Promise.all(entries)) };
      await write();
    },
  };
}
