import { createCommandRunner } from "@dibkit/exec";
import { openRegistryClient, type RegistryClient, type RegistryFailure, renderRepository } from "@dibkit/registry";
import { contentStore } from "../host/network/content-store.js";
import type { ContentSource } from "../host/network/network.js";
import type { BuildRequest } from "../job/build-request.js";
import { contentDescriptor, type LockContent } from "./lock-artifact.js";
import { isOfOneLayer, type RemoteContext, renderMegabytes } from "./remote-context.js";
import { wordsOf } from "./remote-layers.js";

/** Registries that are asked for bytes that a lock names; their digest tells that they are right, whoever put them there. */
export interface RemoteContents extends ContentSource {
  /** Says what came, and from where. */
  finish(): void;
}

interface Source {
  readonly client: RegistryClient;
  readonly name: string;
  /** It has failed in a way that says it will again. */
  off: boolean;
  files: number;
  bytes: number;
}

/** Undefined when a request has no lock to be held to, or names no registry. Its words have been checked. */
export function openContentSource(
  { cacheFrom = [], lock }: Pick<BuildRequest, "cacheFrom" | "lock">,
  { env, signal, emit }: Pick<RemoteContext, "env" | "signal" | "emit">,
): RemoteContents | undefined {
  if (lock === undefined || lock.requests.length === 0 || cacheFrom.length === 0) return undefined;
  const commands = createCommandRunner({ signal });
  const contents = contentStore(lock.contents);
  const sources = cacheFrom.map((word): Source => {
    const { repository } = wordsOf(word);
    const client = openRegistryClient(repository, { env, commands, signal });
    return { client, name: renderRepository(repository), off: false, files: 0, bytes: 0 };
  });
  const report = (source: Source, failure: RegistryFailure) => {
    if (signal.aborted || source.off) return;
    source.off = !isOfOneLayer(failure);
    const rest = source.off ? "; the build goes on without it" : "";
    emit({ type: "warning", message: `the cache ${source.name} ${failure.message}${rest}` });
  };
  const bringFrom = async (source: Source, content: LockContent): Promise<boolean> => {
    const descriptor = contentDescriptor(content);
    const there = await source.client.hasBlob(descriptor.digest);
    if (!there.ok) report(source, there.error);
    if (!there.ok || !there.value) return false;
    const isWhole = await contents.fill(content.sha256, async (file) => {
      const brought = await source.client.fetchBlob(descriptor, file);
      if (!brought.ok) report(source, brought.error);
      return brought.ok;
    });
    source.files += isWhole ? 1 : 0;
    source.bytes += isWhole ? content.size : 0;
    return isWhole;
  };
  return {
    name: sources.map(({ name }) => name).join(" or "),
    async bring(content) {
      for (const source of sources) {
        if (!source.off && !signal.aborted && (await bringFrom(source, content))) return true;
      }
      return false;
    },
    finish() {
      for (const { client, name, files, bytes } of sources) {
        client.close();
        if (files === 0) continue;
        const what = `${files} ${files === 1 ? "download" : "downloads"} of the lock came from ${name}`;
        emit({ type: "note", message: `${what} (${renderMegabytes(bytes)})` });
      }
    },
  };
}
