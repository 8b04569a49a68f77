import { createCommandRunner } from "@dibkit/exec";
import { openRegistryClient, type Repository, renderRepository } from "@dibkit/registry";
import { type DownloadSource, downloadLayer } from "./download-layer.js";
import type { SharedEntry } from "./layer-image.js";
import { type LookFailure, lookInto } from "./look-into.js";
import { isOfOneLayer, type RemoteContext, renderMegabytes } from "./remote-context.js";
import type { WantedLayer } from "./wanted-layer.js";

/** Registries that are asked for layers, in order. */
export interface LayerSources {
  /** The record of an entry whose layer is on its way from now on; undefined when no registry has one to be used. */
  announce(wanted: WantedLayer): Promise<SharedEntry | undefined>;
  /** The entry, which is in the store now, and where it came from; undefined when no registry has one to be used. */
  fetch(wanted: WantedLayer): Promise<FetchedLayer | undefined>;
  /** Keys whose images were refused: something else than a layer stands there. */
  readonly refused: ReadonlySet<string>;
  /** Waits for what is on its way, and says what came, and from where. */
  finish(): Promise<void>;
}

export interface FetchedLayer {
  readonly entry: SharedEntry;
  readonly from: string;
}

interface Source extends DownloadSource {
  /** Keys of whose layers something is wrong there. */
  readonly refused: Set<string>;
  /** It has failed in a way that says it will again. */
  off: boolean;
  /** Layers that nobody who is trusted has signed. */
  unsigned: number;
}

const AT_ONCE = 4;

export function openLayerSources(repositories: readonly Repository[], context: RemoteContext): LayerSources {
  const { env, signal, emit } = context;
  const commands = createCommandRunner({ signal });
  const refused = new Set<string>();
  const sources = repositories.map((repository): Source => {
    const client = openRegistryClient(repository, { env, commands, signal });
    const name = renderRepository(repository);
    return { client, name, refused: new Set(), off: false, unsigned: 0, layers: 0, bytes: 0 };
  });
  const limit = limitOf(AT_ONCE);
  /** By key, what has been asked for and not been taken yet. */
  const asked = new Map<string, Promise<OnItsWay | undefined>>();
  const report = (source: Source, failure: LookFailure, { step, key }: WantedLayer) => {
    if (failure.kind === "interrupted" || signal.aborted || source.off) return;
    const about = `the cache ${source.name} ${failure.message}`;
    if (isOfOneLayer(failure)) {
      source.refused.add(key);
      refused.add(key);
      // A repository without signatures has none for any step: the first speaks for all until the end.
      if (failure.unsigned) source.unsigned += 1;
      if (source.unsigned > 1 && failure.unsigned) return;
      emit({ type: "warning", message: `${about}: ${step} is not taken from there` });
      return;
    }
    source.off = true;
    emit({ type: "warning", message: `${about}; the build goes on without it` });
  };
  const begin = async (wanted: WantedLayer): Promise<OnItsWay | undefined> => {
    for (const source of sources) {
      if (source.off || source.refused.has(wanted.key) || signal.aborted) continue;
      const found = await lookInto(source, wanted, context);
      if (!found.ok) report(source, found.error, wanted);
      if (!found.ok || found.value === undefined) continue;
      const layer = found.value;
      const brought = limit(async () => {
        const done = await downloadLayer(source, layer, wanted, context, commands);
        if (done.ok) return { entry: done.value, from: source.name };
        report(source, done.error, wanted);
        return undefined;
      });
      // Whoever waits for it gets the error; until then nobody may.
      brought.catch(() => undefined);
      return { entry: layer.entry, brought };
    }
    return undefined;
  };
  const ask = (wanted: WantedLayer) => {
    const known = asked.get(askedName(wanted)) ?? begin(wanted);
    asked.set(askedName(wanted), known);
    return known;
  };
  return {
    refused,
    announce: async (wanted) => (await ask(wanted))?.entry,
    async fetch(wanted) {
      for (;;) {
        const coming = await ask(wanted);
        asked.delete(askedName(wanted));
        const brought = await coming?.brought;
        // A registry whose layer was not right is not asked for it again, so this comes to an end.
        if (coming === undefined || brought !== undefined || signal.aborted) return brought;
      }
    },
    async finish() {
      for (const coming of asked.values()) await (await coming)?.brought;
      for (const { client, name, unsigned, layers, bytes } of sources) {
        client.close();
        if (unsigned > 1) {
          const message = `${unsigned} layers in ${name} were not taken, because nobody who is trusted has signed them`;
          emit({ type: "warning", message });
        }
        if (layers === 0) continue;
        const message = `${layers} ${layers === 1 ? "layer" : "layers"} came from ${name} (${renderMegabytes(bytes)})`;
        emit({ type: "note", message });
      }
    },
  };
}

function askedName({ key, sealing }: WantedLayer): string {
  return sealing === undefined ? key : sealing.tagOf(key);
}

interface OnItsWay {
  readonly entry: SharedEntry;
  readonly brought: Promise<FetchedLayer | undefined>;
}

/** Runs at most so many functions at the same time. */
function limitOf(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}
