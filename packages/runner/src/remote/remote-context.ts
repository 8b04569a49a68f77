import type { CommandRunner } from "@dibkit/exec";
import type { RegistryFailure, TrustedKey } from "@dibkit/registry";
import type { BuildEvent } from "../job/build-event.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { LayerKind } from "./oci-whiteouts.js";

/** What both directions need of a build. */
export interface RemoteContext {
  readonly store: LayerStore;
  /** How layers of this store are made. */
  readonly kind: LayerKind;
  /** Architecture of the image in Debian's words. */
  readonly architecture: string;
  readonly commands: CommandRunner;
  /** The caller's environment: credentials and proxies are found by it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** A directory of this build alone, on the filesystem of the store. */
  readonly scratch: string;
  readonly emit: (event: BuildEvent) => void;
  /** Keys one of which has to have signed a layer; undefined: nobody has to. */
  readonly trusted?: readonly TrustedKey[] | undefined;
}

/** Whether a failure is about one layer only, and the registry may do well with others. */
export function isOfOneLayer({ kind }: RegistryFailure): boolean {
  return kind === "content";
}

/** The end of a list of names: `a, b and 3 more`. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

export function renderMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
