import type { ImagePackages } from "@dibkit/contents";
import type { BuildOutcome, BuildPlan, LayerStore, PastBuild } from "@dibkit/runner";
import { layerStoreAt } from "@dibkit/runner";
import { runPlanned } from "../building/build-planned.js";
import { withContents } from "../open-contents.js";
import type { Terminal } from "../terminal.js";

/** A build that a lock is about, when it has ended well, and what is in its image. */
export interface BuiltForLock {
  readonly store: LayerStore;
  readonly build: PastBuild;
  readonly parts: ImagePackages;
}

/** Runs a build; `built` is absent when it failed, or when its image cannot be read, which is told then. */
export async function buildForLock(
  terminal: Terminal,
  plan: BuildPlan,
  verbose: boolean,
): Promise<{ readonly outcome: BuildOutcome; readonly built?: BuiltForLock }> {
  const outcome = await runPlanned(terminal, plan, verbose);
  if (outcome.kind !== "built") return { outcome };
  const [{ createCommandRunner }, { imagePackages }] = await Promise.all([
    import("@dibkit/exec"),
    import("@dibkit/contents"),
  ]);
  const store = layerStoreAt(plan.job.request.store);
  const { id } = plan.job;
  const [record, job] = [await store.records.record(id), await store.records.job(id)];
  if (record === undefined || job === undefined) throw new Error(`build ${id} has ended and is not remembered`);
  const commands = createCommandRunner({ signal: terminal.signal });
  const parts = await withContents(terminal, store, id, false, (image) => imagePackages(image, commands));
  return parts === undefined ? { outcome } : { outcome, built: { store, build: { record, job }, parts } };
}
