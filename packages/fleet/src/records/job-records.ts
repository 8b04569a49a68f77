import { createHash } from "node:crypto";
import type { CommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import {
  CONFIG_TYPE,
  MANIFEST_TYPE,
  openRegistryClient,
  parseRepository,
  type RegistryFailure,
  renderRepository,
  sha256Digest,
} from "@dibkit/registry";
import { type JobRecord, readJobRecord } from "./job-record.js";

/** What has come of jobs, in a repository of a registry: beside the layers, and no more lasting than those. */
export interface JobRecords {
  /** The repository as a user writes it. */
  readonly repository: string;
  /** The record of a job that was made of the same; the error is a sentence. */
  find(id: string): Promise<Result<JobRecord | undefined, string>>;
  /** The last good end of a job of that name, whatever it was made of. */
  last(matrix: string, job: string): Promise<Result<JobRecord | undefined, string>>;
  /** Which of the keys have no layer in the registry. */
  missing(keys: readonly string[]): Promise<Result<readonly string[], string>>;
  save(record: JobRecord): Promise<Result<void, string>>;
  close(): void;
}

export interface RecordsContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly commands: CommandRunner;
  readonly signal: AbortSignal;
}

/** An image needs a layer: an empty archive, as `tar --files-from /dev/null` makes it. */
const EMPTY_LAYER = Buffer.alloc(10_240);
const LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar";
const AT_ONCE = 8;

/** Opens the records in a repository; the error is a sentence. Nothing is asked before it is needed. */
export function openJobRecords(word: string, context: RecordsContext): Result<JobRecords, string> {
  const parsed = parseRepository(word, ["mode"]);
  if (!parsed.ok) return err(`"${word}" ${parsed.error}`);
  const repository = renderRepository(parsed.value.repository);
  const client = openRegistryClient(parsed.value.repository, context);
  const told = ({ message }: RegistryFailure) => err(`the registry of ${repository} ${message}`);
  const read = async (tag: string): Promise<Result<JobRecord | undefined, string>> => {
    const found = await client.manifest(tag);
    if (!found.ok) return told(found.error);
    const config = found.value && configOf(found.value.text);
    if (config === undefined) return ok(undefined);
    const blob = await client.readBlob(config);
    // Whoever tidied the registry may have taken the one and not yet the other.
    if (!blob.ok) return blob.error.kind === "content" ? ok(undefined) : told(blob.error);
    return ok(readJobRecord(recordIn(blob.value)));
  };
  return ok({
    repository,
    async find(id) {
      const record = await read(tagOf(id));
      return record.ok && record.value?.id !== id ? ok(undefined) : record;
    },
    last: (matrix, job) => read(lastTag(matrix, job)),
    async missing(keys) {
      const waiting = [...keys];
      const missing: string[] = [];
      let failure: RegistryFailure | undefined;
      const work = async () => {
        for (let key = waiting.shift(); key !== undefined && failure === undefined; key = waiting.shift()) {
          const there = await client.hasManifest(key);
          if (!there.ok) failure = there.error;
          else if (!there.value) missing.push(key);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      return failure === undefined ? ok(missing) : told(failure);
    },
    async save(record) {
      const { config, manifest } = imageOf(record);
      for (const body of [EMPTY_LAYER, config]) {
        const sent = await client.pushBlob({ digest: sha256Digest(body), size: body.length }, body);
        if (!sent.ok) return told(sent.error);
      }
      const tags = [tagOf(record.id), ...(record.status === "done" ? [lastTag(record.matrix, record.job)] : [])];
      for (const tag of tags) {
        const tagged = await client.pushManifest(tag, MANIFEST_TYPE, manifest);
        if (!tagged.ok) return told(tagged.error);
      }
      return ok(undefined);
    },
    close: () => client.close(),
  });
}

function tagOf(id: string): string {
  return `job-${id}`;
}

/** Names of jobs may be longer than a tag, and have letters that a tag has not. */
function lastTag(matrix: string, job: string): string {
  return `last-${createHash("sha256")
    .update(JSON.stringify([matrix, job]))
    .digest("hex")
    .slice(0, 24)}`;
}

/** A record as an OCI image, so that `skopeo inspect` shows it and a registry's rules hold for it. */
function imageOf(record: JobRecord): { readonly config: Buffer; readonly manifest: string } {
  const labels = { "dibkit.job": record.job, "dibkit.matrix": record.matrix, "dibkit.status": record.status };
  const layer = { mediaType: LAYER_TYPE, digest: sha256Digest(EMPTY_LAYER), size: EMPTY_LAYER.length };
  const config = Buffer.from(
    JSON.stringify({
      created: record.ended ?? record.started,
      architecture: "amd64",
      os: "linux",
      config: { Labels: labels },
      rootfs: { type: "layers", diff_ids: [layer.digest] },
      dibkit: { job: record },
    }),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest: sha256Digest(config), size: config.length },
    layers: [layer],
    annotations: { "org.opencontainers.image.title": `${record.matrix}: ${record.job}` },
  };
  return { config, manifest: JSON.stringify(manifest) };
}

function configOf(manifest: string): { readonly mediaType: string; digest: string; size: number } | undefined {
  try {
    const { config } = JSON.parse(manifest) as { readonly config?: Readonly<Record<string, unknown>> };
    const { digest, size } = config ?? {};
    const known = typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest) && Number.isSafeInteger(size);
    return known ? { mediaType: CONFIG_TYPE, digest, size: size as number } : undefined;
  } catch {
    return undefined;
  }
}

function recordIn(config: Buffer): unknown {
  try {
    return (JSON.parse(config.toString("utf8")) as { readonly dibkit?: { readonly job?: unknown } } | null)?.dibkit
      ?.job;
  } catch {
    return undefined;
  }
}
