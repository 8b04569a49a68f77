import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createCommandRunner, shellCommand, shellQuote, startWorker } from "@dibkit/exec";
import { type Element, writeElement } from "@dibkit/model";
import { DOCKER_SOCKET, neededSocket } from "../formats/docker-daemon.js";
import { renderHostView } from "../host/host-view.js";
import { readHost } from "../host/read-host.js";
import type { BuildEvent } from "../job/build-event.js";
import type { BuildJob, BuildOutcome } from "../job/build-job.js";
import { pruneContents } from "../layers/kept-contents.js";
import { openLayerStore } from "../layers/layer-store.js";
import { pruneStore } from "../layers/prune-store.js";
import type { FoundCommands } from "../layers/script-commands.js";
import { verifyAfterRestart } from "../layers/verify-store.js";
import { stepName } from "../plan/script-step.js";
import { sealEnvironment, secretValues } from "../plan/secrets.js";
import { type BuildPaths, buildPaths, bulkPaths, createBuildPaths } from "./build-session.js";
import { whyNotInStore } from "./check-store.js";
import { removeBulk, sweepBuilds } from "./sweep-builds.js";
import { systemFailure } from "./system-failure.js";
import { tidyScript } from "./tidy-script.js";

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
  /** What planning has found in scripts. */
  readonly scripts: FoundCommands;
}

/**
 * The worker's program. When dibkit itself runs from its TypeScript sources it is the bundle of the command line: one
 * file is opened through a fresh overlay of the host a second sooner than a thousand modules.
 */
function workerModule(): string {
  const beside = fileURLToPath(new URL("./worker.js", import.meta.url));
  return beside.replace("/runner/src/run/", "/cli/bundle/");
}

/** Runs a build in a worker with namespaces of its own, and gives its outcome when nothing of it is left. */
export async function startBuild(build: StartableBuild, watcher: BuildWatcher): Promise<BuildOutcome> {
  const { store, keepLayers = true } = build.job.request;
  try {
    const outcome = await runInWorker({ ...build, job: withOwnCache(build.job) }, watcher);
    if (keepLayers) await trimStore(build.job, watcher);
    return outcome;
  } catch (error) {
    const failure = systemFailure(error);
    if (failure === undefined) throw error;
    return failure;
  } finally {
    if (!keepLayers) await rm(store, { recursive: true, force: true });
  }
}

/** A build with a lock takes nothing that other builds have downloaded, and writes down what it fetches itself. */
function withOwnCache(job: BuildJob): BuildJob {
  const { request } = job;
  if (request.lock === undefined) return job;
  const { imageCache } = buildPaths(request.store, job.id);
  return { ...job, request: { ...request, imageCache }, writable: [...job.writable, request.lock.contents] };
}

/** Keeps the store within its size. */
async function trimStore({ request }: BuildJob, { onEvent }: BuildWatcher): Promise<void> {
  if (request.cacheSize === undefined) return;
  const store = await openLayerStore(request.store);
  const commands = createCommandRunner();
  if (request.lock !== undefined) await pruneContents(store, request.cacheSize, commands);
  const removed = await pruneStore(store, request.cacheSize, commands);
  if (removed.length === 0) return;
  const message = `removed the ${removed.length} least recently used layers, to keep the cache below --cache-size`;
  onEvent({ type: "note", message });
}

async function runInWorker({ job, authored, scripts }: StartableBuild, watcher: BuildWatcher): Promise<BuildOutcome> {
  for (const directory of [job.request.imageCache, job.request.lockFiles, ...job.writable]) {
    await mkdir(directory, { recursive: true });
  }
  const store = await openLayerStore(job.request.store);
  const refused = await whyNotInStore(store, createCommandRunner());
  if (refused !== undefined) return refused;
  await sweepBuilds(store, createCommandRunner());
  for (const { label } of await verifyAfterRestart(store, createCommandRunner())) {
    const message = `the layer of ${stepName(label)} did not survive the last stop of the machine, and is made anew`;
    watcher.onEvent({ type: "warning", message });
  }
  const paths = await createBuildPaths(job.request.store, job.id);
  for (const element of authored) writeElement(element, join(paths.elements, element.name));
  const secrets = secretValues(new Set(job.secrets), job.request.environment);
  const environment = sealEnvironment(job.request.environment, secrets);
  const sealed: BuildJob = { ...job, request: { ...job.request, environment } };
  await writeFile(join(paths.directory, "scripts.json"), JSON.stringify(scripts), { mode: 0o600 });
  await writeFile(paths.job, JSON.stringify(sealed), { mode: 0o600 });
  let outcome: BuildOutcome | undefined;
  let begun = false;
  const request = {
    script: await workerScript(job, paths),
    tidy: tidyScript(paths, job.image),
    greeting: JSON.stringify(secrets),
    terminal: (job.request.environment.break ?? "") !== "",
  };
  const worker = startWorker(request, (message) => {
    const known = message as BuildEvent | { readonly type: "outcome"; readonly outcome: BuildOutcome };
    begun = true;
    if (known.type === "outcome") outcome = known.outcome;
    else watcher.onEvent(known);
  });
  const stop = () => worker.stop();
  watcher.signal.addEventListener("abort", stop);
  if (watcher.signal.aborted) stop();
  const { exitCode, tail } = await worker.ended;
  watcher.signal.removeEventListener("abort", stop);
  await removeBulk(job.request.store, job.id);
  if (outcome !== undefined) return outcome;
  if (watcher.signal.aborted) return { kind: "interrupted" };
  return {
    kind: "stage-failed",
    message: `the build process ended unexpectedly${exitCode === undefined ? "" : ` with exit code ${exitCode}`}`,
    tail,
    help: begun
      ? "run the same command again to go on from here"
      : 'see with "dibkit doctor" what this machine lacks for builds',
  };
}

/** The docker daemon's socket, where only the format docker looks for it. */
async function dockerSockets(
  { request }: BuildJob,
  paths: BuildPaths,
): Promise<readonly { readonly from: string; readonly at: string }[]> {
  const from = await neededSocket(request.formats);
  return from === undefined ? [] : [{ from, at: join(paths.scratch, DOCKER_SOCKET) }];
}

/** The first process of the build: locks it, makes its directories, puts its view of the host together. */
async function workerScript(job: BuildJob, paths: BuildPaths): Promise<string> {
  const view = {
    ...readHost(),
    mountPoint: paths.view,
    scratch: paths.viewScratch,
    writable: [job.request.store, job.request.imageCache, job.request.lockFiles, ...job.writable],
    sockets: await dockerSockets(job, paths),
  };
  const node = [process.execPath, "--enable-source-maps", workerModule(), paths.job];
  // The lock says that the build runs; it goes with the last process of the namespace.
  const lock = `exec 9> ${shellQuote(paths.lock)}; flock 9`;
  return [lock, shellCommand("mkdir", "-p", "--", ...bulkPaths(paths)), renderHostView(view, node)].join("\n");
}
