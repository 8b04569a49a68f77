import { mkdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type CommandRunner, createCommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import {
  findSigner,
  openRegistryClient,
  type RegistryClient,
  type RegistryFailure,
  type Repository,
  renderRepository,
  wrongContent,
} from "@dibkit/registry";
import { layerName } from "../layers/layer-store.js";
import { measureFiles } from "../layers/measure-files.js";
import { measureTrees } from "../layers/tree-changes.js";
import { claimsOf, type LayerBlob, NO_TREE, readConfig, readManifest, type SharedEntry } from "./layer-image.js";
import { unpackTree } from "./pack-tree.js";
import { isOfOneLayer, type RemoteContext, renderMegabytes } from "./remote-context.js";

/** What is asked for: an entry of a key that may be used now. */
export interface WantedLayer {
  readonly key: string;
  /** `install.d/50-nginx`, for messages. */
  readonly step: string;
  /** Why an entry with that key cannot be used all the same; undefined when it can. */
  readonly whyNot: (entry: SharedEntry) => string | undefined;
  /** Take the place of what the store has under the key. */
  readonly replace: boolean;
}

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

interface Source {
  readonly client: RegistryClient;
  readonly name: string;
  /** Keys of whose layers something is wrong there. */
  readonly refused: Set<string>;
  /** It has failed in a way that says it will again. */
  off: boolean;
  /** Layers that nobody who is trusted has signed. */
  unsigned: number;
  layers: number;
  bytes: number;
}

/** What a registry says it has. */
export interface FoundLayer {
  readonly entry: SharedEntry;
  /** Fingerprint of the key that has signed it, where that was asked for. */
  readonly signedBy?: string;
  readonly trees: readonly LayerBlob[];
}

/** Space that unpacking leaves free on the filesystem of the store. */
const SPARE_BYTES = 512 * 1024 ** 2;
/** Files of a tree with their holes: they are read to know that all is there. */
const MOST_BYTES = 64 * 1024 ** 3;
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
        const done = await bringInto(source, layer, wanted, context, commands);
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
    const known = asked.get(wanted.key) ?? begin(wanted);
    asked.set(wanted.key, known);
    return known;
  };
  return {
    refused,
    announce: async (wanted) => (await ask(wanted))?.entry,
    async fetch(wanted) {
      for (;;) {
        const coming = await ask(wanted);
        asked.delete(wanted.key);
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

/** A failure to look for a layer; `unsigned` says that the registry does well, but somebody who is trusted has to sign. */
export interface LookFailure extends RegistryFailure {
  readonly unsigned?: true;
}

/** Reads what a registry has under a key: small documents only. */
export async function lookInto(
  { client }: Pick<Source, "client">,
  { key, whyNot }: Pick<WantedLayer, "key" | "whyNot">,
  context: Pick<RemoteContext, "kind" | "trusted">,
): Promise<Result<FoundLayer | undefined, LookFailure>> {
  const found = await client.manifest(key);
  if (!found.ok || found.value === undefined) return found.ok ? ok(undefined) : found;
  const manifest = readManifest(found.value.text);
  if (!manifest.ok) return err(wrongContent(manifest.error));
  const { config, blobs } = manifest.value;
  const record = await client.readBlob(config);
  if (!record.ok) return record;
  const read = readConfig(record.value, key, context.kind, blobs);
  if (!read.ok) return err(wrongContent(read.error));
  if (whyNot(read.value) !== undefined) return ok(undefined);
  const layer = { entry: read.value, trees: blobs.filter(({ tree }) => tree !== NO_TREE) };
  if (context.trusted === undefined) return ok(layer);
  const signer = await findSigner(client, found.value.digest, claimsOf(key), context.trusted);
  if (!signer.ok) return signer;
  if (signer.value.kind === "unsigned")
    return err({ ...wrongContent(`has a layer there that ${signer.value.message}`), unsigned: true });
  return ok({ ...layer, signedBy: signer.value.key.fingerprint });
}

/** Downloads, verifies and keeps a layer. */
async function bringInto(
  source: Source,
  { entry, trees, signedBy }: FoundLayer,
  { key, replace }: WantedLayer,
  context: RemoteContext,
  commands: CommandRunner,
): Promise<Result<SharedEntry, RegistryFailure>> {
  const room = await checkRoom(trees, context.store.directory);
  if (!room.ok) return room;
  const staging = join(context.scratch, `from-${layerName(key)}`);
  try {
    await mkdir(`${staging}.blobs`, { recursive: true });
    const brought = await bring(source.client, trees, staging, context, commands);
    if (!brought.ok) return brought;
    const same = await hasContent(entry, staging, trees, commands, context.signal);
    if (!same) return err(wrongContent("has a layer there whose content is not what its record says"));
    source.layers += 1;
    source.bytes += trees.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    const origin = { registry: source.name, ...(signedBy === undefined ? {} : { signedBy }) };
    return ok(await context.store.commit(staging, { ...entry, secretFree: true, origin }, replace));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return err(wrongContent(`has a layer there that cannot be kept here (${code})`));
  } finally {
    for (const place of [staging, `${staging}.blobs`]) await rm(place, { recursive: true, force: true });
  }
}

async function checkRoom(trees: readonly LayerBlob[], directory: string): Promise<Result<void, RegistryFailure>> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize - SPARE_BYTES;
  const wanted = trees.reduce((sum, { descriptor, unpacked }) => sum + descriptor.size + unpacked, 0);
  if (wanted <= Math.min(free, MOST_BYTES)) return ok(undefined);
  return err(wrongContent(`has a layer of ${renderMegabytes(wanted)} there, for which there is no room`));
}

/** Downloads and unpacks the trees side by side. */
async function bring(
  client: RegistryClient,
  trees: readonly LayerBlob[],
  staging: string,
  { kind, signal }: RemoteContext,
  commands: CommandRunner,
): Promise<Result<void, RegistryFailure>> {
  await mkdir(staging);
  const done = await Promise.all(
    trees.map(async ({ tree, descriptor, unpacked }): Promise<Result<void, RegistryFailure>> => {
      const file = join(`${staging}.blobs`, tree);
      const directory = join(staging, tree);
      await mkdir(directory);
      const fetched = await client.fetchBlob(descriptor, file);
      if (!fetched.ok) return fetched;
      const opened = await unpackTree(commands, { file, directory, kind, limit: unpacked }, signal);
      await rm(file);
      return opened.ok ? opened : err(wrongContent(`has a layer there that is not unpacked: ${opened.error}`));
    }),
  );
  return done.find((one) => !one.ok) ?? ok(undefined);
}

/** The record's own hash of the content: what was lost on the way, or is kept otherwise by this filesystem, is seen. */
async function hasContent(
  entry: SharedEntry,
  staging: string,
  trees: readonly LayerBlob[],
  commands: CommandRunner,
  signal: AbortSignal,
): Promise<boolean> {
  if (trees.length === 0) return entry.content === "";
  // In the order in which the entry was measured.
  const names = (entry.kind === "output" ? ["output"] : ["root", "hooks", "host"]).filter((name) =>
    trees.some(({ tree }) => tree === name),
  );
  const measured =
    entry.kind === "output"
      ? await measureFiles(commands, staging, names)
      : await measureTrees(commands, staging, names, signal);
  return measured?.content === entry.content;
}
