import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { createUndoStack } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import { childEnvironment } from "../child-environment.js";
import type { DiskImage } from "../inspect-image.js";
import { inspectImage } from "../inspect-image.js";
import { openCloudSession } from "../openstack/cloud-session.js";
import { openHttpClient } from "../openstack/http-client.js";
import type { CloudSelection } from "../openstack/load-cloud-config.js";
import { loadCloudConfig } from "../openstack/load-cloud-config.js";
import type { IfExists, PublishContext, PublishEvent } from "../publish-context.js";
import type { PublishFailure, PublishTrouble } from "../publish-failure.js";
import { renderBytes } from "../publish-failure.js";
import type { GlanceImages, ImageRecord } from "./glance-images.js";
import { createGlanceImages } from "./glance-images.js";
import { openImageData } from "./image-data.js";
import type { ImageSettings } from "./image-settings.js";
import { imageRecordBody } from "./image-settings.js";
import { type ImageLeftBehind, mayPass, removeImage } from "./remove-image.js";
import { currentMark, isAbandoned, markOf, processIsAlive, renderMark } from "./upload-mark.js";
import type { VerifiedDigest } from "./verify-upload.js";
import { verifyUpload } from "./verify-upload.js";

export interface GlanceRequest {
  /** Absolute path. */
  readonly image: string;
  readonly settings?: ImageSettings;
  readonly cloud?: CloudSelection;
  /** Default `fail`. */
  readonly ifExists?: IfExists;
  /** Set once the image is active. */
  readonly protected?: boolean;
  /** How often the upload may be tried; default 3. */
  readonly attempts?: number;
  /** How long to wait for a service that is away, and for the image to become active; default 60. */
  readonly patienceSeconds?: number;
}

export interface PublishedImage {
  readonly id: string;
  readonly name: string;
  /** `skipped`: it was there already and nothing was sent. */
  readonly outcome: "created" | "replaced" | "skipped";
  readonly bytes: number;
  readonly digest?: VerifiedDigest;
}

interface Publication {
  readonly request: GlanceRequest;
  readonly file: DiskImage;
  readonly name: string;
  readonly images: GlanceImages;
  /** Without the user's signal: what is taken back is taken back after Ctrl-C too. */
  readonly cleanup: GlanceImages;
  readonly patienceSeconds: number;
  readonly signal: AbortSignal | undefined;
  readonly notify: (event: PublishEvent) => void;
}

/**
 * Uploads an image file to Glance. Nothing half-done stays: on failure or abort the new image is deleted, and with
 * `replace` the old one goes only after the new one is active and verified.
 */
export async function publishGlance(
  request: GlanceRequest,
  context: PublishContext,
): Promise<Result<PublishedImage, PublishTrouble>> {
  const fail = (failure: PublishFailure) => err({ failure, leftovers: [] });
  const file = await inspectImage(
    context.runner,
    request.image,
    childEnvironment(context.env),
    request.settings?.diskFormat,
  );
  if (!file.ok) return fail(file.error);
  const config = await loadCloudConfig(context.env, context.cwd, request.cloud);
  if (!config.ok) return fail(config.error);
  const client = await openHttpClient(config.value.tls);
  if (!client.ok) return fail(client.error);
  const session = await openCloudSession(config.value, client.value, context.signal);
  if (!session.ok) return fail(session.error);
  const name = request.settings?.name ?? file.value.name;
  const notify = context.onEvent ?? (() => {});
  const images = createGlanceImages(session.value, context.signal);
  const cleanup = createGlanceImages(session.value);
  const patienceSeconds = request.patienceSeconds ?? 60;
  const { signal } = context;
  const result = await publish({ request, file: file.value, name, images, cleanup, patienceSeconds, signal, notify });
  return result.ok ? result : err(session.value.redactor.value(result.error));
}

async function publish(publication: Publication): Promise<Result<PublishedImage, PublishTrouble>> {
  const { name, images, request } = publication;
  const there = await images.named(name);
  if (!there.ok) return err({ failure: there.error, leftovers: [] });
  const existing = await clearAbandoned(publication, there.value);
  const [first] = existing;
  const policy = request.ifExists ?? "fail";
  if (first && policy === "fail")
    return err({ failure: { kind: "exists", target: "image", name, id: first.id }, leftovers: [] });
  if (first && policy === "skip") return ok({ id: first.id, name, outcome: "skipped", bytes: first.size ?? 0 });
  const guarded = existing.find((image) => image.protected);
  if (guarded) {
    const message = `image "${name}" (${guarded.id}) is protected and cannot be replaced`;
    return err({ failure: { kind: "configuration", message, help: "give another --name" }, leftovers: [] });
  }
  const uploaded = await uploadWithRetries(publication);
  if (!uploaded.ok) return uploaded;
  const { id, digest } = uploaded.value;
  for (const old of existing) {
    const removed = await publication.cleanup.remove(old.id);
    if (removed.ok) continue;
    const reason = removed.error.kind === "rejected" ? removed.error.reason : removed.error.kind;
    return err({ failure: { kind: "old-image", id, old: old.id, reason }, leftovers: [] });
  }
  return ok({ id, name, outcome: first ? "replaced" : "created", bytes: publication.file.bytes, digest });
}

/** Deletes the half images of dibkit runs that died, and returns the others. */
async function clearAbandoned(
  publication: Publication,
  found: readonly ImageRecord[],
): Promise<readonly ImageRecord[]> {
  const here = currentMark(process.pid, Date.now());
  const kept: ImageRecord[] = [];
  for (const image of found) {
    const mark = markOf(image.tags);
    if (mark && isAbandoned(mark, here, processIsAlive) && (await publication.images.remove(image.id)).ok) {
      const text = `deleted image ${image.id}, which an earlier upload that broke off had left behind`;
      publication.notify({ kind: "note", text });
    } else kept.push(image);
  }
  return kept;
}

type Uploaded = { readonly id: string; readonly digest: VerifiedDigest };

async function uploadWithRetries(publication: Publication): Promise<Result<Uploaded, PublishTrouble>> {
  const attempts = publication.request.attempts ?? 3;
  for (let attempt = 1; ; attempt += 1) {
    const result = await uploadOnce(publication);
    if (result.ok) return result;
    const { failure, leftovers } = result.error;
    if (failure.kind !== "upload-lost" || leftovers.length > 0 || attempt >= attempts) return result;
    const got = `${renderBytes(failure.sent)} of ${renderBytes(failure.bytes)} (${failure.reason})`;
    const text = `the upload broke off after ${got}; Glance cannot resume, so it starts again: attempt ${attempt + 1} of ${attempts}`;
    publication.notify({ kind: "note", text });
  }
}

/** One image record from its creation to active and verified, or gone again. */
async function uploadOnce(publication: Publication): Promise<Result<Uploaded, PublishTrouble>> {
  const undo = createUndoStack();
  const id = randomUUID();
  undo.defer(`delete image ${id}`, () => removeImage(publication.cleanup, id, undoPatience(publication)));
  const result = await fillImage(publication, id);
  if (result.ok) return ok({ id, digest: result.value });
  const notUndone = await undo.unwind();
  const leftovers = notUndone.map(({ error }) => {
    const left = error as ImageLeftBehind;
    return `the half image ${left.id} is still in Glance (${left.message}): the next publish of this name deletes it, or run: openstack image delete ${left.id}`;
  });
  return err({ failure: publication.signal?.aborted ? { kind: "interrupted" } : result.error, leftovers });
}

/** Who pressed Ctrl-C does not wait a minute for a service that is away. */
function undoPatience({ signal, patienceSeconds }: Publication): number {
  return signal?.aborted ? Math.min(10, patienceSeconds) : patienceSeconds;
}

async function fillImage(publication: Publication, id: string): Promise<Result<VerifiedDigest, PublishFailure>> {
  const { file, images, request, notify } = publication;
  const mark = renderMark(currentMark(process.pid, Date.now()));
  const settings = { ...request.settings, name: publication.name };
  const created = await images.create(imageRecordBody(settings, file, id, mark));
  if (!created.ok) return created;
  const data = openImageData(file.path, file.bytes, (sent) => notify({ kind: "progress", sent, bytes: file.bytes }));
  const uploaded = await images.upload(id, data);
  if (!uploaded.ok) return err(uploadFailure(uploaded.error, data.sent(), file.bytes));
  const active = await waitForActive(publication, id);
  if (!active.ok) return active;
  const digest = await verifyUpload(file, data.digests(), active.value);
  if (!digest.ok) return digest;
  const untagged = await images.untag(id, mark);
  if (!untagged.ok) return untagged;
  if (request.protected) {
    const guarded = await images.protect(id);
    if (!guarded.ok) return guarded;
  }
  return digest;
}

/** Whatever may pass is a lost upload, with how far it got. */
function uploadFailure(failure: PublishFailure, sent: number, bytes: number): PublishFailure {
  if (!mayPass(failure)) return failure;
  const reason =
    failure.kind === "timeout"
      ? `silent for ${failure.seconds} s`
      : "reason" in failure
        ? failure.reason
        : failure.kind;
  return { kind: "upload-lost", sent, bytes, reason: reason ?? failure.kind };
}

const FINAL_STATUSES = new Set(["killed", "deleted", "pending_delete", "deactivated"]);

async function waitForActive(publication: Publication, id: string): Promise<Result<ImageRecord, PublishFailure>> {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  for (;;) {
    const shown = await publication.images.show(id);
    if (!shown.ok || shown.value.status === "active") return shown;
    const { status } = shown.value;
    if (FINAL_STATUSES.has(status) || seconds() >= publication.patienceSeconds)
      return err({ kind: "not-active", id, status, seconds: seconds() });
    await pause(500, undefined, publication.signal ? { signal: publication.signal } : {}).catch(() => undefined);
  }
}
