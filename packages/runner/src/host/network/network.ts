import type { HostTool } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import type { BuildLock } from "../../job/build-lock.js";
import type { EnvironmentValues } from "../../job/environment-values.js";
import type { Fetched } from "../../job/fetched.js";

/** What the scripts of a build reach beyond their machine. */
export interface Network {
  /** The value of `--network`. */
  readonly name: string;
  /** Options for `unshare` that give the namespaces of a step this network. */
  readonly namespaces: readonly string[];
  /**
   * Commands of bash that the first process of a step runs before its script; a status other than 0 keeps the script
   * from being run.
   */
  readonly setUp: readonly string[];
  /** Programs of the host that the network needs. */
  readonly tools: readonly HostTool[];
  /**
   * What to say when the script of a step such as `install.d/50-x` has failed, as it may have wanted more than there is;
   * `withLock`: the build makes a lock or is held to one, and cannot be given another network; `choice`: the word of
   * `--network` that the build goes by.
   */
  readonly failureHelp?: (step: string, withLock: boolean, choice: string) => string;
  /** Nothing gets out of it unseen: what a step has fetched is known, be it nothing. */
  readonly known: boolean;
  /** Makes what all steps of a build share; the error is the last lines of what could not be started. */
  readonly open?: (options: NetworkOptions) => Promise<Result<OpenNetwork, readonly string[]>>;
}

/** Where bytes that a lock names may be besides their own address. */
export interface ContentSource {
  /** Brings them into the contents by their digest; false when they are not to be had there. */
  bring(content: { readonly sha256: string; readonly size: number }): Promise<boolean>;
  /** As it is named to users: `registry.example.org/team/cache`. */
  readonly name: string;
}

/** What a build asks of a network that its steps share. */
export interface NetworkOptions {
  /** What it may fetch, where that is said; what it fetches is kept then. */
  readonly lock?: BuildLock;
  /** Asked for bytes that the lock names, before their address is. */
  readonly contentSource?: ContentSource;
  /** Absolute path on the host of settings for apt, which are for the build and not for the image. */
  readonly aptConfig?: string;
}

/** A network while a build uses it, for one step after another. */
export interface OpenNetwork {
  /** Words before a command that make it run in this network. */
  readonly enter: readonly string[];
  /** The variables of a step such as `install.d/50-x`, with those that lead into this network. */
  environment(step: string, own: EnvironmentValues): EnvironmentValues;
  /** Variables that a step has left, without those; `own` are the ones it was given otherwise. */
  withoutNetwork(left: EnvironmentValues, own: EnvironmentValues): EnvironmentValues;
  /** Begins to note what a step fetches. */
  watch(step: WatchedStep): StepWatch;
  close(): Promise<void>;
}

/** What a network has to know of the step that uses it. */
export interface WatchedStep {
  /** Its variables, which name the user's own proxy. */
  readonly environment: EnvironmentValues;
  /** Values that must not be seen. */
  readonly secrets: readonly string[];
}

export interface StepWatch {
  /** To be called when the step's processes are gone. */
  end(): Promise<WatchedUse>;
}

/** What a step did with a network that is watched. */
export interface WatchedUse {
  readonly fetched: readonly Fetched[];
  /** How often it tried to reach something in another way than this network leads out. */
  readonly past: number;
}
