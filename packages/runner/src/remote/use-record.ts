import { err, jsonOf, ok, type Result } from "@dibkit/model";
import type { RegistryClient, RegistryFailure } from "@dibkit/registry";
import { EMPTY_BLOB, pushArtifact } from "./artifact.js";

/**
 * Registries do not tell when something was last pulled, so a build that may write leaves a note of the layers it came
 * by: one small image per image name and day, tagged `used-20261128-NAME`.
 */
export interface UseRecord {
  readonly tag: string;
  /** `2026-11-28`, in UTC. */
  readonly day: string;
  readonly keys: readonly string[];
}

const CONFIG_TYPE = "application/vnd.dibkit.use.v1+json";
const TAG = /^used-(\d{4})(\d{2})(\d{2})-[0-9a-z]+$/;
const KEY = /^[0-9a-f]{40}$/;
/** More than any image has steps: whoever writes there cannot make every reader hold all it likes. */
const MOST_KEYS = 50_000;

/** The day of a tag of such a note; undefined for every other tag. */
export function dayOfUse(tag: string): string | undefined {
  const [, year, month, day] = TAG.exec(tag) ?? [];
  return year === undefined ? undefined : `${year}-${month}-${day}`;
}

/** Adds the keys that a build has used to the note of its image and day. */
export async function pushUse(
  client: RegistryClient,
  image: string,
  keys: readonly string[],
  now = new Date(),
): Promise<Result<void, RegistryFailure>> {
  const tag = `used-${now.toISOString().slice(0, 10).replaceAll("-", "")}-${image}`;
  const before = await readUse(client, tag);
  if (!before.ok) return before;
  const all = [...new Set([...(before.value?.keys ?? []), ...keys])].sort().slice(0, MOST_KEYS);
  if (all.length === before.value?.keys.length) return ok(undefined);
  const config = Buffer.from(JSON.stringify({ version: 1, keys: all }));
  return pushArtifact(client, tag, { config: { mediaType: CONFIG_TYPE, bytes: config }, layers: [EMPTY_BLOB] });
}

/** The note under a tag; undefined when there is none, or it is none of dibkit's. */
export async function readUse(
  client: RegistryClient,
  tag: string,
): Promise<Result<UseRecord | undefined, RegistryFailure>> {
  const found = await client.manifest(tag);
  if (!found.ok || found.value === undefined) return found.ok ? ok(undefined) : found;
  const config = configOf(found.value.text);
  const day = dayOfUse(tag);
  if (config === undefined || day === undefined) return ok(undefined);
  const text = await client.readBlob(config);
  // One that cannot be read says nothing; it must not make builds fail.
  if (!text.ok) return text.error.kind === "content" ? ok(undefined) : err(text.error);
  const { keys } = (jsonOf(text.value.toString("utf8")) ?? {}) as { readonly keys?: unknown };
  if (!Array.isArray(keys)) return ok(undefined);
  return ok({ tag, day, keys: keys.filter((key) => typeof key === "string" && KEY.test(key)).slice(0, MOST_KEYS) });
}

function configOf(text: string) {
  const { config } = (jsonOf(text) ?? {}) as { readonly config?: Readonly<Record<string, unknown>> };
  if (config?.mediaType !== CONFIG_TYPE) return undefined;
  const { digest, size } = config;
  return typeof digest === "string" && typeof size === "number" ? { mediaType: CONFIG_TYPE, digest, size } : undefined;
}
