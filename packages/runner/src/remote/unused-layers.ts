import { err, ok, type Result } from "@dibkit/model";
import { signatureTag } from "@dibkit/registry";
import { parseAge } from "../layers/layer-age.js";
import { layersOf, type RemoteLayer } from "./list-remote.js";
import { eachOf, type LookContext, type OpenRemote, withRemote } from "./open-remote.js";
import { dayOfUse, readUse } from "./use-record.js";

/** What nobody needs any more in a repository. */
export interface UnusedLayers {
  readonly repository: string;
  /** Made before the day, and in no note of a build since. */
  readonly layers: readonly RemoteLayer[];
  /** Tags of signatures whose layers are gone or among those, and of notes from before the day. */
  readonly others: readonly string[];
  readonly deleted: boolean;
}

const SIGNATURE = /^sha256-[0-9a-f]{64}\.sig$/;

/** The day (UTC) that a word means: `2026-11-01`, or an age such as `30d`; undefined when it is none. */
export function parseDay(word: string, now = Date.now()): string | undefined {
  const seconds = parseAge(word);
  if (seconds !== undefined) return new Date(now - seconds * 1000).toISOString().slice(0, 10);
  const time = /^\d{4}-\d{2}-\d{2}$/.test(word) ? Date.parse(word) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().slice(0, 10);
}

/** Finds what no build has used since a day, and deletes it when asked to; the error is a sentence. */
export function unusedLayers(
  word: string,
  day: string,
  remove: boolean,
  context: LookContext,
): Promise<Result<UnusedLayers, string>> {
  return withRemote(word, context, async (remote) => {
    const tags = await remote.client.tags();
    if (!tags.ok) return err(remote.told(tags.error));
    const used = await usedSince(remote, tags.value, day);
    if (!used.ok) return used;
    const all = await layersOf(remote, tags.value);
    const layers = all.filter(({ entry }) => entry.created.slice(0, 10) < day && !used.value.has(entry.key));
    const known = new Set(all.map(({ entry }) => entry.key));
    const signed = await signaturesOfOthers(remote, tags.value, known);
    if (!signed.ok) return signed;
    const stay = all.filter((layer) => !layers.includes(layer));
    const kept = new Set([...signed.value, ...stay.map(({ digest }) => signatureTag(digest))]);
    const others = tags.value.filter((tag) => {
      const noted = dayOfUse(tag);
      return noted === undefined ? SIGNATURE.test(tag) && !kept.has(tag) : noted < day;
    });
    if (remove) {
      const removed = await removeAll(remote, layers, others);
      if (!removed.ok) return removed;
    }
    return ok({ repository: remote.repository, layers, others, deleted: remove });
  });
}

/**
 * Tags of signatures that are of neither known layers nor notes: of trees, of sealed layers, or of what somebody else
 * keeps there.
 */
async function signaturesOfOthers(
  { client, told }: OpenRemote,
  tags: readonly string[],
  layers: ReadonlySet<string>,
): Promise<Result<readonly string[], string>> {
  const found: string[] = [];
  const others = tags.filter((tag) => !layers.has(tag) && !SIGNATURE.test(tag) && dayOfUse(tag) === undefined);
  const read = await eachOf(others, async (tag) => {
    const manifest = await client.manifest(tag);
    if (!manifest.ok) return err(told(manifest.error));
    if (manifest.value !== undefined) found.push(signatureTag(manifest.value.digest));
    return ok(undefined);
  });
  return read.ok ? ok(found) : read;
}

/** Keys in the notes of builds since a day. */
async function usedSince(
  { client, told }: OpenRemote,
  tags: readonly string[],
  day: string,
): Promise<Result<ReadonlySet<string>, string>> {
  const used = new Set<string>();
  const notes = tags.filter((tag) => (dayOfUse(tag) ?? "") >= day);
  const read = await eachOf(notes, async (tag) => {
    const note = await readUse(client, tag);
    // A note that cannot be read may be about anything: nothing is called unused then.
    if (!note.ok) return err(told(note.error));
    for (const key of note.value?.keys ?? []) used.add(key);
    return ok(undefined);
  });
  return read.ok ? ok(used) : read;
}

/** Signatures go after their layers: an unsigned layer would be reported to every build. */
async function removeAll(
  { client, told }: OpenRemote,
  layers: readonly RemoteLayer[],
  others: readonly string[],
): Promise<Result<void, string>> {
  const remove = async (digest: string) => {
    const removed = await client.deleteManifest(digest);
    return removed.ok ? ok(undefined) : err(told(removed.error));
  };
  const first = await eachOf(layers, ({ digest }) => remove(digest));
  if (!first.ok) return first;
  return eachOf(others, async (tag) => {
    const found = await client.manifest(tag);
    if (!found.ok) return err(told(found.error));
    return found.value === undefined ? ok(undefined) : remove(found.value.digest);
  });
}
