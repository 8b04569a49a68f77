import { mkdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { type RegistryClient, type RegistryFailure, wrongContent } from "@dibkit/registry";
import { layerName } from "../layers/layer-store.js";
import { measureFiles } from "../layers/measure-files.js";
import { measureTrees } from "../layers/tree-changes.js";
import type { LayerBlob, SharedEntry } from "./layer-image.js";
import type { FoundLayer } from "./look-into.js";
import { unpackTree } from "./pack-tree.js";
import { type RemoteContext, renderMegabytes } from "./remote-context.js";
import type { WantedLayer } from "./wanted-layer.js";

/** Space that unpacking leaves free on the filesystem of the store. */
const SPARE_BYTES = 512 * 1024 ** 2;
/** Files of a tree with their holes: they are read to know that all is there. */
const MOST_BYTES = 64 * 1024 ** 3;
/** Where a layer comes from, and what has come from there so far. */
export interface DownloadSource {
  readonly client: RegistryClient;
  readonly name: string;
  layers: number;
  bytes: number;
}

/** Downloads, verifies and keeps a layer. */
export async function downloadLayer(
  source: DownloadSource,
  { entry, trees, signedBy }: FoundLayer,
  { key, replace, sealing }: WantedLayer,
  context: RemoteContext,
  commands: CommandRunner,
): Promise<Result<SharedEntry, RegistryFailure>> {
  const room = await checkRoom(trees, context.store.directory);
  if (!room.ok) return room;
  const staging = join(context.scratch, `from-${layerName(key)}`);
  try {
    await mkdir(`${staging}.blobs`, { recursive: true });
    const open =
      sealing &&
      ((blob: LayerBlob, from: string, to: string) => sealing.openFile(from, to, sealing.tagOf(key), blob.tree));
    const brought = await bring(source.client, trees, staging, context, commands, open);
    if (!brought.ok) return brought;
    const same = await hasContent(entry, staging, trees, commands, context.signal);
    if (!same) return err(wrongContent("has a layer there whose content is not what its record says"));
    source.layers += 1;
    source.bytes += trees.reduce((sum, { descriptor }) => sum + descriptor.size, 0);
    const free = sealing === undefined ? ({ secretFree: true } as const) : {};
    const origin = { registry: source.name, ...(signedBy === undefined ? {} : { signedBy }) };
    return ok(await context.store.commit(staging, { ...entry, ...free, origin }, replace));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return err(wrongContent(`has a layer there that cannot be kept here (${code})`));
  } finally {
    for (const path of [staging, `${staging}.blobs`]) await rm(path, { recursive: true, force: true });
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
  open: ((blob: LayerBlob, from: string, to: string) => Promise<boolean>) | undefined,
): Promise<Result<void, RegistryFailure>> {
  await mkdir(staging);
  const done = await Promise.all(
    trees.map(async (blob): Promise<Result<void, RegistryFailure>> => {
      const { tree, descriptor, unpacked } = blob;
      const file = join(`${staging}.blobs`, tree);
      const directory = join(staging, tree);
      await mkdir(directory);
      const fetched = await client.fetchBlob(descriptor, file);
      if (!fetched.ok) return fetched;
      const plain = open === undefined ? file : `${file}.opened`;
      if (open !== undefined && !(await open(blob, file, plain)))
        return err(wrongContent("has a layer there that was sealed with another key"));
      const opened = await unpackTree(commands, { file: plain, directory, kind, limit: unpacked }, signal);
      for (const done of new Set([file, plain])) await rm(done, { force: true });
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
