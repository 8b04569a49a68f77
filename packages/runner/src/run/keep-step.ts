import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { err, ok, type Result } from "@dibkit/model";
import { PRIVATE_CACHES } from "../host/private-cache.js";
import type { recordMounts } from "../host/record-mounts.js";
import type { ImageState, StepEntry } from "../job/layer.js";
import type { MountRecord } from "../job/mount-record.js";
import { aptIndexState } from "../layers/apt-index.js";
import { type CopyFailure, copyLayer } from "../layers/copy-layer.js";
import { noteIngredients } from "../layers/explain-miss.js";
import { ingredientTexts, keepIngredientTexts } from "../layers/ingredient-texts.js";
import type { LayerKey } from "../layers/layer-key.js";
import { replacesLayers } from "../layers/look-up.js";
import { hooksBefore, settleHooks } from "../layers/settle-hooks.js";
import { measureTrees } from "../layers/tree-changes.js";
import { hooksBaseOf } from "../plan/hooks-tree.js";
import { type AfterScript, type ScriptStep, stepName } from "../plan/script-step.js";
import { type BuildSession, stagingPath } from "./build-session.js";
import { networkNote, type StepNetworkUse } from "./network-use.js";
import { hooksDirectories } from "./phase-scripts.js";
import { rootTrouble } from "./root-trouble.js";
import { MOUNTS_FILE } from "./step-script.js";

/** What a script that ended with 0 has left, in words that follow its name. */
export interface UnusableRoot {
  readonly kind: "unusable-root";
  readonly trouble: string;
}

/** Of programs that only fail when somebody kills them. */
const KILLED: CopyFailure = { kind: "failed", tail: [] };

/** Keeps what a step has changed as a layer, and notes what it was made from. */
export async function keepStep(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
  key: LayerKey,
  staging: string,
  result: {
    readonly mounts: ReturnType<typeof recordMounts>;
    readonly seconds: number;
    readonly strays: boolean;
    readonly used: StepNetworkUse;
    /** Which trees have changed, as `LayerTrees` says it. */
    readonly collected: { readonly root: boolean; readonly hooks: boolean };
  },
): Promise<Result<StepEntry, CopyFailure | UnusableRoot>> {
  const { collected } = result;
  const trouble = step.after && troubleAfter(session, state, step.after, staging, result.mounts.records);
  if (trouble !== undefined) return err({ kind: "unusable-root", trouble });
  for (const name of ["environment", "captured", "mountinfo", MOUNTS_FILE, "step.sh", PRIVATE_CACHES]) {
    await rm(join(staging, name), { recursive: true, force: true });
  }
  const hooks = join(staging, "hooks");
  const before = collected.hooks ? await hooksBefore(hooks, hooksBaseOf(session.hooks), session.commands) : {};
  if (collected.hooks) await settleHooks(hooks, hooksDirectories(session, state), session.commands);
  const host = result.strays && (await session.hostWrites.keep(staging));
  if (host === undefined) return err(KILLED);
  const changed = { ...collected, host };
  const trees = Object.entries(changed).flatMap(([name, there]) => (there ? [name] : []));
  const { keepLayers = true } = session.job.request;
  // Nobody will ask whether a layer that is not kept is like another one.
  const notCopied = new AbortController();
  const measure = async () =>
    trees.length > 0 && keepLayers
      ? measureTrees(session.commands, staging, trees, AbortSignal.any([session.signal, notCopied.signal]))
      : { content: trees.length === 0 ? "" : key.key, bytes: 0 };
  const copy = async () => {
    const copied = await onDisk(session, staging, trees);
    if (!copied.ok) notCopied.abort();
    return copied;
  };
  const [measured, copied] = await Promise.all([measure(), copy()]);
  if (!copied.ok) return copied;
  if (measured === undefined) return err(KILLED);
  const layer = copied.value;
  const aptIndex = changed.root ? await aptIndexState(join(layer, "root")) : undefined;
  const repeatable = !step.interactive && result.mounts.unrepeatable.length === 0;
  const meta: StepEntry = {
    version: 2,
    kind: "step",
    // A layer that cannot be used again still holds the image's content: it gets a key nothing asks for.
    key: repeatable ? key.key : `${session.job.id.slice(-8).padStart(8, "0")}${key.key.slice(0, 8)}`,
    label: step.label,
    created: new Date().toISOString(),
    seconds: result.seconds,
    ...measured,
    changed,
    mounts: result.mounts.records,
    hooksBefore: before,
    ingredients: key.ingredients,
    ...(session.sealed.by === undefined ? { secretFree: true } : {}),
    ...(aptIndex === undefined ? {} : { aptIndex }),
    ...networkNote(session, step, [...state.mounts, ...result.mounts.records], result.used),
  };
  const committed = await session.store.commit(layer, meta, replacesLayers(session.job.request));
  if (!keepLayers) return ok(committed);
  await noteIngredients(session.store, session.lineage, stepName(step.label), key.ingredients);
  await keepIngredientTexts(session.store, key.ingredients, ingredientTexts(step.script.text, session.helpers));
  return ok(committed);
}

function troubleAfter(
  { store }: BuildSession,
  state: ImageState,
  after: AfterScript,
  staging: string,
  mounts: readonly MountRecord[],
): string | undefined {
  const roots = [join(staging, "root"), ...state.root.map((name) => store.treeDirectory(name, "root"))];
  return rootTrouble(after, { before: state.mounts, after: mounts }, roots);
}

/** Where the layer is on the filesystem of the store: it is copied there from memory. */
async function onDisk(
  session: BuildSession,
  staging: string,
  trees: readonly string[],
): Promise<Result<string, CopyFailure>> {
  const layer = stagingPath(session, basename(staging));
  if (staging === layer) return ok(layer);
  const copied = await copyLayer(session.commands, staging, layer, trees);
  return copied.ok ? ok(layer) : copied;
}
