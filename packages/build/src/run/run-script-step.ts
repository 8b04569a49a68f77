import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import { type CommandFailure, exitCodeOf } from "../exec/command-runner.js";
import { recordMounts } from "../host/mount-record.js";
import { aptIndexState } from "../layers/apt-index.js";
import { explainMiss, noteIngredients } from "../layers/explain-miss.js";
import type { ImageState, LayerMeta } from "../layers/layer.js";
import { isTooOld } from "../layers/layer-age.js";
import type { LayerKey } from "../layers/layer-key.js";
import { afterLayer, layerName } from "../layers/layer-store.js";
import { fileHash, holdsAnything, measureTrees, replacedFiles } from "../layers/tree-changes.js";
import { TARGET_DIRECTORY } from "../plan/base-environment.js";
import { type ScriptStep, stepKey, stepName } from "../plan/script-step.js";
import type { BuildFailure } from "./build-job.js";
import { rememberStep } from "./build-record.js";
import type { BuildSession } from "./build-session.js";
import { bringHostWrites, keepHostWrites, takeStrayWrites } from "./host-writes.js";
import { mergeLayers } from "./merge-layers.js";
import { runCommandStep } from "./run-command-step.js";

/** Uses the step's layer when there is one, runs the step otherwise; gives the state after it. */
export async function runScriptStep(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
): Promise<Result<ImageState, BuildFailure>> {
  if (session.signal.aborted) return err({ kind: "interrupted" });
  const id = stepName(step.label);
  const key = stepKey(step, state, session.helpers, session.job.request.architecture);
  const cached = step.onDisk || step.interactive ? undefined : await usableLayer(session, key);
  if (cached !== undefined) {
    await rememberStep(session, step, state, layerName(cached.key));
    session.emit({ type: "step-finished", id, label: step.label, seconds: cached.seconds, outcome: "cached" });
    return ok(afterLayer(state, cached));
  }
  const reason = step.onDisk || step.interactive ? undefined : await reasonToRun(session, id, key);
  session.emit({ type: "step-started", id, label: step.label, ...(reason === undefined ? {} : { reason }) });
  await rememberStep(session, step, state);
  return execute(session, step.onDisk ? state : await mergeLayers(session, state), step, key);
}

async function reasonToRun(session: BuildSession, id: string, key: LayerKey): Promise<string> {
  if (session.job.request.refresh) return "asked to run everything again";
  const { maxAge } = session.job.request;
  const known = maxAge === undefined ? undefined : await session.store.find(key.key);
  if (known !== undefined && isTooOld(known, maxAge)) return `its layer is older than ${maxAge}`;
  return explainMiss(session.store, session.lineage, id, key.ingredients);
}

async function usableLayer(session: BuildSession, key: LayerKey): Promise<LayerMeta | undefined> {
  if (session.job.request.refresh) return undefined;
  const meta = await session.store.find(key.key);
  if (meta === undefined) return undefined;
  for (const [path, hash] of Object.entries(meta.replacedHooks)) {
    if ((await fileHash(join(session.hooksBase, path))) !== hash) return undefined;
  }
  return isTooOld(meta, session.job.request.maxAge) ? undefined : meta;
}

async function execute(
  session: BuildSession,
  state: ImageState,
  step: ScriptStep,
  key: LayerKey,
): Promise<Result<ImageState, BuildFailure>> {
  const id = stepName(step.label);
  const staging = join(session.directory, "staging", id.replaceAll("/", "_"));
  const log = join(session.logs, `${id.replaceAll("/", "-")}.log`);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  if (step.side === "host") await bringHostWrites(session, state);
  const started = performance.now();
  const { outcome, table } = await runCommandStep(session, {
    id,
    side: step.side,
    command: step.command,
    environment: step.environment,
    withHooks: step.withHooks,
    state,
    staging,
    log,
    ...(step.onDisk ? { onDisk: true } : {}),
    ...(step.interactive ? { interactive: true } : {}),
    ...(session.breaks.at("after-error") ? { onError: errorShell(session, step, log) } : {}),
    ...(session.job.verbose ? { onOutput: (line: string) => session.emit({ type: "output", id, line }) } : {}),
  });
  const seconds = (performance.now() - started) / 1000;
  const finished = (how: "ran" | "failed") =>
    session.emit({ type: "step-finished", id, label: step.label, seconds, outcome: how });
  if (!outcome.ok) {
    await rm(staging, { recursive: true, force: true });
    if (outcome.error.kind === "aborted" || session.signal.aborted) return err({ kind: "interrupted" });
    finished("failed");
    return err(scriptFailure(step, outcome.error, log));
  }
  const strays = await takeStrayWrites(session);
  if (strays.length > 0) session.emit({ type: "stray-write", id, label: step.label, paths: strays });
  const mounts = recordMounts(table, TARGET_DIRECTORY, session.named);
  if (step.onDisk) {
    await rm(staging, { recursive: true, force: true });
    finished("ran");
    return ok({ ...state, mounts: mounts.records.filter((record) => !session.diskMounts?.has(record.at)) });
  }
  const meta = await commit(session, step, key, staging, { mounts, seconds, strays: strays.length > 0 });
  finished("ran");
  await rememberStep(session, step, state, layerName(meta.key));
  return ok(afterLayer(state, meta));
}

function errorShell({ breaks }: BuildSession, step: ScriptStep, log: string) {
  return {
    chroot: step.side === "target" && !breaks.outsideTarget,
    command: breaks.command,
    note: `hook script ${stepName(step.label)} failed; this shell is where it ran, and leaving it ends the build`,
    log,
  };
}

async function commit(
  session: BuildSession,
  step: ScriptStep,
  key: LayerKey,
  staging: string,
  result: { readonly mounts: ReturnType<typeof recordMounts>; readonly seconds: number; readonly strays: boolean },
): Promise<LayerMeta> {
  for (const name of ["work-root", "work-hooks", "environment", "captured", "mountinfo", "step.sh"]) {
    await rm(join(staging, name), { recursive: true, force: true });
  }
  const host = result.strays && (await keepHostWrites(session, staging));
  const changed = {
    root: await holdsAnything(join(staging, "root")),
    hooks: await holdsAnything(join(staging, "hooks")),
    host,
  };
  const trees = Object.entries(changed).flatMap(([name, there]) => (there ? [name] : []));
  const measured =
    trees.length === 0 ? { content: "", bytes: 0 } : await measureTrees(session.commands, staging, trees);
  const aptIndex = changed.root ? await aptIndexState(join(staging, "root")) : undefined;
  const repeatable = measured !== undefined && !step.interactive && result.mounts.unrepeatable.length === 0;
  const meta: LayerMeta = {
    version: 1,
    // A layer that cannot be used again still holds the image's content: it gets a key nothing asks for.
    key: repeatable ? key.key : `${session.job.id.slice(-8).padStart(8, "0")}${key.key.slice(0, 8)}`,
    label: step.label,
    created: new Date().toISOString(),
    seconds: result.seconds,
    content: measured?.content ?? session.job.id,
    bytes: measured?.bytes ?? 0,
    changed,
    mounts: result.mounts.records,
    replacedHooks: changed.hooks ? await replacedFiles(join(staging, "hooks"), session.hooksBase) : {},
    ingredients: key.ingredients,
    ...(aptIndex === undefined ? {} : { aptIndex }),
  };
  const { refresh, maxAge } = session.job.request;
  const committed = await session.store.commit(staging, meta, refresh || maxAge !== undefined);
  await noteIngredients(session.store, session.lineage, stepName(step.label), key.ingredients);
  return committed;
}

function scriptFailure(step: ScriptStep, failure: CommandFailure, log: string): BuildFailure {
  const code = exitCodeOf(failure);
  const who = step.label.element === undefined ? "" : ` of element "${step.label.element}"`;
  return {
    kind: "script-failed",
    message: `hook script ${stepName(step.label)}${who} failed with exit code ${code}`,
    exitCode: code,
    tail: failure.tail,
    log,
    help: step.help ?? `run "dibkit shell" for a shell in the image as it was just before this script`,
  };
}
