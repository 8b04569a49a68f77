import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Element, writeElement } from "@dibkit/model";
import { createCommandRunner } from "../exec/command-runner.js";
import { startWorker } from "../exec/worker-process.js";
import { renderHostView } from "../host/host-view.js";
import { parseMountInfo } from "../host/mount-table.js";
import { shellQuote } from "../host/shell-quote.js";
import { openLayerStore } from "../layers/layer-store.js";
import type { BuildEvent } from "./build-event.js";
import type { BuildJob, BuildOutcome } from "./build-job.js";
import { createBuildPlaces } from "./build-session.js";
import { removeBulk, sweepBuilds } from "./sweep-builds.js";

export interface BuildWatcher {
  readonly onEvent: (event: BuildEvent) => void;
  /** Stops the build in order when aborted. */
  readonly signal: AbortSignal;
}

/** What `planBuild` gives. */
export interface StartableBuild {
  readonly job: BuildJob;
  /** Elements that are not on disk: they are written for the build. */
  readonly authored: readonly Element[];
}

/** The worker runs as JavaScript, also when dibkit itself runs from its TypeScript sources. */
function workerModule(): string {
  return fileURLToPath(new URL("./worker.js", import.meta.url)).replace("/build/src/run/", "/build/dist/run/");
}

/** Runs a build in a worker with namespaces of its own, and gives its outcome when nothing of it is left. */
export async function startBuild({ job, authored }: StartableBuild, watcher: BuildWatcher): Promise<BuildOutcome> {
  for (const directory of [job.request.imageCache, job.request.lockFiles, ...job.writable]) {
    await mkdir(directory, { recursive: true });
  }
  await sweepBuilds(await openLayerStore(job.request.store), createCommandRunner());
  const places = await createBuildPlaces(job.request.store, job.id);
  for (const element of authored) writeElement(element, join(places.elements, element.name));
  await writeFile(places.job, JSON.stringify(job), { mode: 0o600 });
  const view = {
    table: parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8")),
    mountPoint: places.view,
    scratch: places.viewScratch,
    writable: [job.request.store, job.request.imageCache, job.request.lockFiles, ...job.writable],
  };
  const node = [process.execPath, "--enable-source-maps", workerModule(), places.job];
  // The lock says that the build runs; it goes with the last process of the namespace.
  const lock = `exec 9> ${shellQuote(places.lock)}; flock 9`;
  const script = `${lock}\n${renderHostView(view, node)}`;
  let outcome: BuildOutcome | undefined;
  const worker = startWorker(
    script,
    (message) => {
      const known = message as BuildEvent | { readonly type: "outcome"; readonly outcome: BuildOutcome };
      if (known.type === "outcome") outcome = known.outcome;
      else watcher.onEvent(known);
    },
    (job.request.environment.break ?? "") !== "",
  );
  const stop = () => worker.stop();
  watcher.signal.addEventListener("abort", stop);
  const { exitCode, tail } = await worker.ended;
  watcher.signal.removeEventListener("abort", stop);
  await removeBulk(job.request.store, job.id);
  if (outcome !== undefined) return outcome;
  if (watcher.signal.aborted) return { kind: "interrupted" };
  return {
    kind: "stage-failed",
    message: `the build process ended unexpectedly${exitCode === undefined ? "" : ` with exit code ${exitCode}`}`,
    tail,
  };
}
