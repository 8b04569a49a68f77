import { err, ok, type Result } from "@dibkit/model";
import { type Descriptor, sha256Digest, shortDigest } from "./descriptor.js";
import { downloadBlob } from "./download-blob.js";
import { readBody } from "./http-exchange.js";
import type { Answer, Body } from "./http-message.js";
import { type RegistryFailure, wrongContent } from "./registry-failure.js";
import { openRegistrySession, type RegistryRequest, type SessionContext, withRetries } from "./registry-session.js";
import type { Repository } from "./repository.js";
import { missingBlob, unexpected } from "./unexpected-answer.js";

export interface FoundManifest {
  readonly text: string;
  readonly digest: string;
}

/** One repository of a registry. Nothing it gives has a digest other than the one it was asked for. */
export interface RegistryClient {
  readonly repository: Repository;
  hasManifest(reference: string): Promise<Result<boolean, RegistryFailure>>;
  /** Undefined: there is none. */
  manifest(reference: string, mediaType?: string): Promise<Result<FoundManifest | undefined, RegistryFailure>>;
  pushManifest(reference: string, mediaType: string, text: string): Promise<Result<void, RegistryFailure>>;
  /** Deletes a manifest, and with it every tag of it; fine when it is gone already. */
  deleteManifest(digest: string): Promise<Result<void, RegistryFailure>>;
  /** Whether the registry itself tells which manifests name this one as their subject. */
  knowsReferrers(digest: string): Promise<Result<boolean, RegistryFailure>>;
  hasBlob(digest: string): Promise<Result<boolean, RegistryFailure>>;
  /** A small blob. */
  readBlob(descriptor: Descriptor): Promise<Result<Buffer, RegistryFailure>>;
  /** Streams a blob into a new file, and goes on where a connection broke. */
  fetchBlob(descriptor: Descriptor, file: string): Promise<Result<void, RegistryFailure>>;
  /** Gives whether it was sent: false when the registry had it. */
  pushBlob(descriptor: Pick<Descriptor, "digest" | "size">, body: Body): Promise<Result<boolean, RegistryFailure>>;
  /** Every tag, in the registry's order. */
  tags(): Promise<Result<readonly string[], RegistryFailure>>;
  close(): void;
}

export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
export const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";

/** What the specification asks registries to take at least. */
const MANIFEST_LIMIT = 4 * 1024 * 1024;
const PAGE_LIMIT = 8 * 1024 * 1024;
const SMALL_BLOB_LIMIT = 16 * 1024 * 1024;
const MOST_PAGES = 10_000;

/** A client for one repository; nothing is asked before it is needed. */
export function openRegistryClient(repository: Repository, context: SessionContext): RegistryClient {
  const session = openRegistrySession(repository, context);
  const path = `/v2/${repository.name}`;
  const pull = (method: "GET" | "HEAD", url: string, headers: Readonly<Record<string, string>> = {}) =>
    session.send({ method, url, headers, scope: "pull" });
  const push = (request: Omit<RegistryRequest, "scope">) => session.send({ ...request, scope: "pull,push" });
  const exists = async (url: string) => {
    const answered = await pull("HEAD", url, { accept: MANIFEST_TYPE });
    if (!answered.ok) return answered;
    answered.value.body.destroy();
    if (answered.value.status === 404) return ok(false);
    return answered.value.status === 200 ? ok(true) : unexpected(answered.value, `HEAD ${url}`);
  };
  const hasBlob = (digest: string) => exists(`${path}/blobs/${digest}`);
  const blob = (digest: string, headers?: Readonly<Record<string, string>>) =>
    pull("GET", `${path}/blobs/${digest}`, headers);

  return {
    repository,
    hasManifest: (reference) => exists(`${path}/manifests/${reference}`),
    async manifest(reference, mediaType = MANIFEST_TYPE) {
      const answered = await pull("GET", `${path}/manifests/${reference}`, { accept: mediaType });
      if (!answered.ok) return answered;
      const { status, headers } = answered.value;
      if (status === 404) {
        answered.value.body.destroy();
        return ok(undefined);
      }
      if (status !== 200) return unexpected(answered.value, "a question for a manifest");
      const body = await readBody(answered.value, MANIFEST_LIMIT);
      if (!body.ok) return body;
      const digest = sha256Digest(body.value);
      const said = headers["docker-content-digest"];
      if (said !== undefined && said !== digest) return err(wrongContent("sent a manifest that has another digest"));
      return ok({ text: body.value.toString("utf8"), digest });
    },
    async pushManifest(reference, mediaType, text) {
      const url = `${path}/manifests/${reference}`;
      const headers = { "content-type": mediaType };
      const answered = await push({ method: "PUT", url, headers, body: Buffer.from(text) });
      if (!answered.ok) return answered;
      answered.value.body.destroy();
      return answered.value.status === 201 ? ok(undefined) : unexpected(answered.value, "a manifest");
    },
    async deleteManifest(digest) {
      const answered = await session.send({
        method: "DELETE",
        url: `${path}/manifests/${digest}`,
        scope: "pull,delete",
      });
      if (!answered.ok) return answered;
      answered.value.body.destroy();
      const { status } = answered.value;
      if (status === 405 || status === 400) return err({ kind: "refused", message: "does not let anybody delete" });
      return status === 202 || status === 404 ? ok(undefined) : unexpected(answered.value, "a deletion");
    },
    async knowsReferrers(digest) {
      const answered = await pull("GET", `${path}/referrers/${digest}`);
      if (!answered.ok) return answered;
      answered.value.body.destroy();
      const { status } = answered.value;
      // Some that do not know of it take it for something else that they do not know.
      return status === 200 || [400, 404, 405].includes(status)
        ? ok(status === 200)
        : unexpected(answered.value, "a question for referrers");
    },
    hasBlob,
    readBlob: (descriptor) => withRetries(context.signal, () => readSmall(blob, descriptor)),
    fetchBlob: (descriptor, file) => downloadBlob(blob, descriptor, file, context.signal),
    async pushBlob({ digest }, body) {
      const there = await hasBlob(digest);
      if (!there.ok) return there;
      if (there.value) return ok(false);
      // The place of an upload may be gone after a failure, so all of it is done again.
      return withRetries(context.signal, () => upload(push, `${path}/blobs/uploads/`, digest, body));
    },
    async tags() {
      const found: string[] = [];
      let url = `${path}/tags/list?n=1000`;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const answered = await pull("GET", url);
        if (!answered.ok) return answered;
        if (answered.value.status === 404) {
          answered.value.body.destroy();
          return ok(found);
        }
        if (answered.value.status !== 200) return unexpected(answered.value, "a question for tags");
        const body = await readBody(answered.value, PAGE_LIMIT);
        if (!body.ok) return body;
        const tags = parseTags(body.value.toString("utf8"));
        if (tags === undefined) return err(wrongContent("sent a list of tags that is not one"));
        found.push(...tags);
        const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(answered.value.headers.link?.toString() ?? "")?.[1];
        if (next === undefined) return ok(found);
        url = next;
      }
      return err(wrongContent("has more tags than can be read"));
    },
    close: () => session.close(),
  };
}

function parseTags(text: string): readonly string[] | undefined {
  try {
    const { tags } = JSON.parse(text) as { readonly tags?: unknown };
    if (tags === null || tags === undefined) return [];
    return Array.isArray(tags) && tags.every((tag) => typeof tag === "string") ? tags : undefined;
  } catch {
    return undefined;
  }
}

type AskBlob = (digest: string) => Promise<Result<Answer, RegistryFailure>>;

async function readSmall(ask: AskBlob, { digest, size }: Descriptor): Promise<Result<Buffer, RegistryFailure>> {
  if (size > SMALL_BLOB_LIMIT) return err(wrongContent(`names a configuration of ${size} bytes`));
  const answered = await ask(digest);
  if (!answered.ok) return answered;
  if (answered.value.status !== 200) return missingBlob(answered.value, digest);
  const body = await readBody(answered.value, size);
  if (!body.ok) return body;
  if (sha256Digest(body.value) !== digest) return err(wrongContent(`sent a blob that is not ${shortDigest(digest)}`));
  return body;
}

async function upload(
  push: (request: Omit<RegistryRequest, "scope">) => Promise<Result<Answer, RegistryFailure>>,
  uploadsUrl: string,
  digest: string,
  body: Body,
): Promise<Result<boolean, RegistryFailure>> {
  const begun = await push({ method: "POST", url: uploadsUrl, body: Buffer.alloc(0) });
  if (!begun.ok) return begun;
  begun.value.body.destroy();
  const { location } = begun.value.headers;
  if (begun.value.status !== 202 || location === undefined)
    return unexpected(begun.value, "the beginning of an upload");
  const url = `${location}${location.includes("?") ? "&" : "?"}digest=${encodeURIComponent(digest)}`;
  const headers = { "content-type": "application/octet-stream" };
  const done = await push({ method: "PUT", url, headers, body });
  if (!done.ok) return done;
  done.value.body.destroy();
  return done.value.status === 201 ? ok(true) : unexpected(done.value, "an upload");
}
