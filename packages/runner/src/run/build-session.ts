import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import type { Element } from "@dibkit/model";
import type { ContainerStorage } from "../host/container-storage.js";
import type { BuildEvent } from "../job/build-event.js";
import type { BuildJob } from "../job/build-job.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import type { MountRecord, NamedDirectories } from "../job/mount-record.js";
import { type LayerStore, openLayerStore } from "../layers/layer-store.js";
import type { LayerTrees } from "../layers/layer-trees.js";
import type { LookUpContext } from "../layers/look-up.js";
import type { HelperFile } from "../layers/script-reach.js";
import { type HooksTree, hooksBaseOf } from "../plan/hooks-tree.js";
import type { KeyContext } from "../plan/key-context.js";
import type { SecretNames, SecretValues } from "../plan/secrets.js";
import type { RemoteContents } from "../remote/content-source.js";
import type { RemoteLayers } from "../remote/remote-layers.js";
import type { BreakPoints } from "./break-points.js";
import type { BuildMemory } from "./build-memory.js";
import type { BuildRecorder } from "./build-recorder.js";
import type { DiskStep } from "./disk-changes.js";
import type { HostWrites } from "./host-writes.js";
import type { StepNetworks } from "./step-networks.js";

/** What every step of a running build needs. Paths are those inside the build's view of the host. */
export interface BuildSession {
  readonly job: BuildJob;
  /** When the build began, by `performance.now()`. */
  readonly started: number;
  readonly store: LayerStore;
  readonly trees: LayerTrees;
  /** Layers of other machines, when the request names a registry. */
  readonly remote: RemoteLayers | undefined;
  /** Bytes that a lock names and registries have, of a build with a lock that names any. */
  readonly contentSource: RemoteContents | undefined;
  readonly memory: BuildMemory;
  /** `builds/<id>` of the store. */
  readonly directory: string;
  readonly logs: string;
  readonly commands: CommandRunner;
  /** What the steps reach, and what starts them there. */
  readonly networks: StepNetworks;
  readonly emit: (event: BuildEvent) => void;
  readonly signal: AbortSignal;
  readonly elements: readonly Element[];
  readonly hooks: HooksTree;
  /** The merged hooks on disk: the lowest layer of the hooks directory. */
  readonly hooksBase: string;
  readonly helpers: readonly HelperFile[];
  readonly base: EnvironmentValues;
  readonly named: NamedDirectories;
  readonly secretNames: SecretNames;
  /** Values that secret variables have before `environment.d`. */
  readonly secrets: SecretValues;
  /** The first step that could see the value of a secret; what it and later ones make is not shared. */
  readonly sealed: { by?: string };
  readonly keys: KeyContext;
  /** Name of the image's line of steps, to find the layer a step had last time. */
  readonly lineage: string;
  /** Digests of what steps of this build have fetched, where that is kept. */
  readonly fetchedDigests: Set<string>;
  readonly containers: ContainerStorage;
  readonly breaks: BreakPoints;
  readonly recorder: BuildRecorder;
  readonly hostWrites: HostWrites;
  /** Mount points of the real disk inside the target, which are not a script's doing. */
  readonly diskMounts?: ReadonlySet<string>;
  /** What every step on the disk finds mounted in the target besides: the files that play the disk's devices. */
  readonly diskDevices?: readonly MountRecord[];
  /** The steps that have begun on the disk, which each step there adds itself to. */
  readonly diskSteps?: DiskStep[];
}

/** What a look into the store has to know of the session. */
export function lookUpContext({ store, lineage, job, hooks }: BuildSession): LookUpContext {
  return { store, lineage, request: job.request, hooks: hooksBaseOf(hooks) };
}

/** Directories of one build in the store. */
export interface BuildPaths {
  readonly directory: string;
  readonly logs: string;
  readonly view: string;
  readonly viewScratch: string;
  readonly elements: string;
  readonly hooks: string;
  readonly image: string;
  readonly staging: string;
  readonly scratch: string;
  /** Where memory is mounted for the build's processes. */
  readonly memory: string;
  /** The image cache of a build that makes a lock or is held to one: nothing of other builds is in it. */
  readonly imageCache: string;
  /** Settings of apt for a build that is held to a lock. */
  readonly aptConfig: string;
  readonly job: string;
  /** Locked while the build runs. */
  readonly lock: string;
}

export function buildPaths(store: string, id: string): BuildPaths {
  const directory = join(store, "builds", id);
  const path = (name: string) => join(directory, name);
  return {
    directory,
    logs: path("logs"),
    view: path("view"),
    viewScratch: path("host"),
    elements: path("elements"),
    hooks: path("hooks"),
    image: path("image"),
    staging: path("staging"),
    scratch: path("scratch"),
    memory: path("memory"),
    imageCache: path("image-cache"),
    aptConfig: path("apt.conf"),
    job: path("job.json"),
    lock: path("lock"),
  };
}

/** A directory of the build on the filesystem of the store, in which a layer is put together. */
export function stagingPath({ store, job }: Pick<BuildSession, "store" | "job">, name: string): string {
  return join(buildPaths(store.directory, job.id).staging, name);
}

/** Directories that only a running build has. They are made under its lock, so that nobody takes them for leftovers. */
export function bulkPaths(paths: BuildPaths): readonly string[] {
  const { viewScratch, view, staging, scratch, memory, image, imageCache } = paths;
  return [viewScratch, view, staging, scratch, memory, image, imageCache];
}

/** Makes the directories of a build that stay; must run before the view of the host is put together. */
export async function createBuildPaths(store: string, id: string): Promise<BuildPaths> {
  await openLayerStore(store);
  const paths = buildPaths(store, id);
  for (const directory of [paths.logs, paths.elements, paths.hooks]) await mkdir(directory, { recursive: true });
  await writeFile(paths.lock, "");
  return paths;
}
