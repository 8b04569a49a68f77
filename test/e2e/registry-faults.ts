import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import type { BuildEvent } from "../../packages/runner/src/job/build-event.js";
import type { LayerEntry } from "../../packages/runner/src/job/layer.js";
import { type LayerStore, openLayerStore } from "../../packages/runner/src/layers/layer-store.js";
import {
  openRemoteLayers,
  type RemoteLayers,
  type RemoteRequest,
} from "../../packages/runner/src/remote/remote-layers.js";

/** The part of a build that talks to registries, on a store of its own, without a build around it. */
export interface RemoteTrial {
  readonly remote: RemoteLayers;
  readonly store: LayerStore;
  /** What it told. */
  readonly messages: readonly string[];
  fetch(key: string): Promise<LayerEntry | undefined>;
  remove(): void;
}

export async function openRemoteTrial(
  request: Omit<RemoteRequest, "refresh">,
  from?: LayerStore,
  env: Readonly<Record<string, string>> = {},
): Promise<RemoteTrial> {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-trial-"));
  const store = from ?? (await openLayerStore(join(directory, "store")));
  const messages: string[] = [];
  const emit = (event: BuildEvent) => {
    if (event.type === "warning" || event.type === "note") messages.push(event.message);
  };
  const remote = openRemoteLayers(
    { ...request, refresh: false },
    {
      ...{ store, kind: "overlay", architecture: "amd64", commands: createCommandRunner(), emit },
      ...{
        env: { HOME: directory, ...env },
        signal: new AbortController().signal,
        scratch: join(store.directory, "trial"),
      },
    },
  );
  if (remote === undefined) throw new Error("no registry was named");
  return {
    remote,
    store,
    messages,
    fetch: async (key) =>
      (await remote.fetch({ key, step: "install.d/10-kinds", whyNot: () => undefined, replace: false }))?.entry,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
