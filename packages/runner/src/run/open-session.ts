import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commandError, createCommandRunner, inUserNamespace } from "@dibkit/exec";
import { loadElement } from "@dibkit/model";
import { openContainerStorage } from "../host/container-storage.js";
import { hostLayer } from "../host/host-view.js";
import { NAMESPACE_SHIMS } from "../host/namespace-shims.js";
import { SUDO_SCRIPT } from "../host/sudo-sh.js";
import {
  BUILD_DIRECTORY,
  ELEMENTS_DIRECTORY,
  HOOKS_DIRECTORY,
  IMAGE_DIRECTORY,
  SHIM_DIRECTORY,
  TARGET_DIRECTORY,
  TREE_DIRECTORY,
} from "../job/build-directories.js";
import type { BuildEvent } from "../job/build-event.js";
import type { BuildJob } from "../job/build-job.js";
import { hashText } from "../job/hash-text.js";
import { openLayerStore } from "../layers/layer-store.js";
import { openLayerTrees } from "../layers/open-layer-trees.js";
import type { FoundCommands } from "../layers/script-commands.js";
import { baseEnvironment } from "../plan/base-environment.js";
import { digestKey } from "../plan/digest-key.js";
import { helperFiles } from "../plan/helper-files.js";
import { mergeHooks } from "../plan/hooks-tree.js";
import { keyContext } from "../plan/key-context.js";
import { lineageOf } from "../plan/lineage.js";
import { passedEnvironment } from "../plan/passed-environment.js";
import { secretValues, valueDigest } from "../plan/secrets.js";
import { openContentSource } from "../remote/content-source.js";
import { openRemoteLayers } from "../remote/remote-layers.js";
import { breakPoints } from "./break-points.js";
import { buildMemory } from "./build-memory.js";
import { createBuildRecorder } from "./build-recorder.js";
import { type BuildSession, buildPaths } from "./build-session.js";
import { writeHooks } from "./hooks-directory.js";
import { createHostWrites } from "./host-writes.js";
import { stepNetworks } from "./step-networks.js";

export interface WorkerContext {
  readonly emit: (event: BuildEvent) => void;
  readonly signal: AbortSignal;
}

/** Prepares a build inside its view of the host: directories, mounts that last the whole build, hooks, environment. */
export async function openSession(job: BuildJob, context: WorkerContext): Promise<BuildSession> {
  const started = performance.now();
  const { request } = job;
  const paths = buildPaths(request.store, job.id);
  const store = await openLayerStore(request.store);
  const commands = createCommandRunner({ signal: context.signal });
  for (const directory of [TARGET_DIRECTORY, HOOKS_DIRECTORY, TREE_DIRECTORY, ELEMENTS_DIRECTORY, IMAGE_DIRECTORY]) {
    await mkdir(directory, { recursive: true });
  }
  await writeShims();
  await bind(paths.image, IMAGE_DIRECTORY);
  await bind(paths.elements, ELEMENTS_DIRECTORY);
  const loaded = job.elements.map(({ name, directory, authored }) => ({
    name,
    path: authored ? join(ELEMENTS_DIRECTORY, name) : directory,
  }));
  const elements = loaded.map(({ path }) => {
    const element = loadElement(path);
    if (!element.ok) throw new Error(`cannot load ${path} any more: ${JSON.stringify(element.error)}`);
    return element.value;
  });
  const hooks = mergeHooks(elements);
  await writeHooks(hooks, paths.hooks, job.upstreamLibrary);
  const secretNames = new Set(job.secrets);
  const secrets = secretValues(secretNames, request.environment);
  const helpers = helperFiles(hooks);
  const base = baseEnvironment({
    request,
    passed: passedEnvironment(request, helpers).values,
    secrets,
    elements: loaded,
    // package-installs and others look up elements by ELEMENTS_PATH, so the compiled ones must be found there too.
    elementsPath: [...(job.elements.some(({ authored }) => authored) ? [ELEMENTS_DIRECTORY] : []), ...job.elementsPath],
    ...(job.upstreamLibrary === undefined ? {} : { upstreamLibrary: job.upstreamLibrary }),
    ...(job.python === undefined ? {} : { python: job.python }),
    disk: job.disk.environment,
  });
  const isHeld = request.lock !== undefined && request.lock.requests.length > 0;
  const aptConfig = isHeld ? paths.aptConfig : undefined;
  if (aptConfig !== undefined) await writeFile(aptConfig, APT_SETTINGS);
  const contentSource = openContentSource(request, { ...context, env: request.environment });
  const trees = await openLayerTrees({ store, commands, hooksBase: paths.hooks, scratch: paths.scratch });
  return {
    job,
    started,
    store,
    trees,
    remote: openRemoteLayers(request, {
      ...{ store, kind: trees.kind, architecture: request.architecture, commands, env: request.environment },
      ...{ ...context, scratch: paths.staging, image: imageOfUse(job) },
    }),
    memory: buildMemory({ trees, store, commands, request, directory: paths.memory }),
    directory: paths.directory,
    logs: paths.logs,
    commands,
    contentSource,
    networks: stepNetworks(request, (network) => join(paths.scratch, `output-${network}`), {
      ...(aptConfig === undefined ? {} : { aptConfig }),
      ...(contentSource === undefined ? {} : { contentSource }),
    }),
    ...context,
    elements,
    hooks,
    hooksBase: paths.hooks,
    helpers,
    secretNames,
    secrets,
    sealed: {},
    fetchedDigests: new Set(),
    containers: openContainerStorage(),
    keys: keyContext(
      { request, helpers, digest: valueDigest(secrets, await digestKey(request, store)) },
      (await store.records.scriptCommands<FoundCommands>(job.id)) ?? [],
    ),
    base,
    named: { DIB_IMAGE_CACHE: request.imageCache, DIB_LOCKFILES: request.lockFiles },
    breaks: breakPoints(request),
    recorder: createBuildRecorder({ job, store, secretNames, secrets }),
    hostWrites: createHostWrites(hostLayer(paths.viewScratch), store.layers, commands),
    lineage: lineageOf(job.image, request.architecture),
  };

  async function bind(from: string, to: string): Promise<void> {
    const bound = await commands.run(["mount", "--bind", from, to]);
    if (!bound.ok) throw commandError(`show "${from}" at "${to}"`, bound.error);
  }
}

/** What the lock has stays good when the mirror's own word for it has run out. */
const APT_SETTINGS = 'Acquire::Check-Valid-Until "false";\nAcquire::Check-Date "false";\n';

/** Names an image in notes of use: by what is built, because Nodepool gives each build an output of another name. */
function imageOfUse({ elements, request }: BuildJob): string {
  return hashText(JSON.stringify([request.architecture, elements.map(({ name }) => name)])).slice(0, 12);
}

async function writeShims(): Promise<void> {
  await mkdir(SHIM_DIRECTORY, { recursive: true });
  const shims = { sudo: SUDO_SCRIPT, ...(inUserNamespace() ? NAMESPACE_SHIMS : {}) };
  for (const [name, text] of Object.entries(shims)) {
    await writeFile(join(SHIM_DIRECTORY, name), text);
    await chmod(join(SHIM_DIRECTORY, name), 0o755);
  }
  await chmod(BUILD_DIRECTORY, 0o755);
}
