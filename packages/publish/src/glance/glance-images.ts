import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { CloudSession, ImageRequest } from "../openstack/cloud-session.js";
import type { HttpAnswer, StreamedBody } from "../openstack/http-client.js";
import { reasonOf } from "../openstack/keystone-messages.js";
import type { PublishFailure } from "../publish-failure.js";

/** What dibkit reads of an image record; Glance sends more. */
export interface ImageRecord {
  readonly id: string;
  readonly name: string | null;
  readonly status: string;
  readonly size: number | null;
  readonly checksum: string | null;
  readonly os_hash_algo: string | null;
  readonly os_hash_value: string | null;
  readonly tags: readonly string[];
  readonly protected: boolean;
}

/** The images of one project. Every method is one request, except `named`, which follows pages. */
export interface GlanceImages {
  named(name: string): Promise<Result<readonly ImageRecord[], PublishFailure>>;
  show(id: string): Promise<Result<ImageRecord, PublishFailure>>;
  create(record: Readonly<Record<string, unknown>>): Promise<Result<ImageRecord, PublishFailure>>;
  upload(id: string, body: StreamedBody): Promise<Result<void, PublishFailure>>;
  untag(id: string, tag: string): Promise<Result<void, PublishFailure>>;
  protect(id: string): Promise<Result<void, PublishFailure>>;
  /** Fine when it is already gone. */
  remove(id: string, idleSeconds?: number): Promise<Result<void, PublishFailure>>;
}

const UPLOAD_IDLE_SECONDS = 600;
const JSON_HEADERS = { "content-type": "application/json", accept: "application/json" };

export function createGlanceImages(session: CloudSession, signal?: AbortSignal): GlanceImages {
  const ask = async (
    action: string,
    request: ImageRequest,
    accepted: readonly number[],
    bytes = 0,
  ): Promise<Result<HttpAnswer, PublishFailure>> => {
    const answer = await session.request({ ...(signal ? { signal } : {}), ...request });
    if (!answer.ok || accepted.includes(answer.value.status)) return answer;
    return err(refusal(session, action, answer.value, bytes));
  };
  const record = async (action: string, request: ImageRequest, status: number) => {
    const answer = await ask(action, request, [status]);
    return answer.ok ? parsed<ImageRecord>(action, answer.value) : answer;
  };
  const done = async (action: string, request: ImageRequest, accepted: readonly number[], bytes = 0) => {
    const answer = await ask(action, request, accepted, bytes);
    return answer.ok ? ok(undefined) : answer;
  };
  return {
    async named(name) {
      const images: ImageRecord[] = [];
      const query = new URLSearchParams({ name: exactly(name), limit: "100" });
      if (session.projectId) query.set("owner", session.projectId);
      for (let path: string | undefined = `/v2/images?${query}`; path; ) {
        const answer = await ask("list images", { method: "GET", path }, [200]);
        if (!answer.ok) return answer;
        const page = parsed<{ images?: readonly ImageRecord[]; next?: string }>("list images", answer.value);
        if (!page.ok) return page;
        images.push(...(page.value.images ?? []));
        path = page.value.next;
      }
      return ok(images);
    },
    show: (id) => record("show image", { method: "GET", path: `/v2/images/${id}` }, 200),
    create: (body) =>
      record(
        "create images",
        { method: "POST", path: "/v2/images", headers: JSON_HEADERS, body: JSON.stringify(body) },
        201,
      ),
    upload: (id, body) =>
      done(
        "upload image data",
        {
          method: "PUT",
          path: `/v2/images/${id}/file`,
          headers: { "content-type": "application/octet-stream" },
          body,
          once: true,
          idleSeconds: UPLOAD_IDLE_SECONDS,
        },
        [204],
        body.length,
      ),
    untag: (id, tag) =>
      done("remove a tag", { method: "DELETE", path: `/v2/images/${id}/tags/${encodeURIComponent(tag)}` }, [204, 404]),
    protect: (id) =>
      done(
        "protect images",
        {
          method: "PATCH",
          path: `/v2/images/${id}`,
          headers: { "content-type": "application/openstack-images-v2.1-json-patch" },
          body: JSON.stringify([{ op: "replace", path: "/protected", value: true }]),
        },
        [200],
      ),
    remove: (id, idleSeconds = 60) =>
      done("delete images", { method: "DELETE", path: `/v2/images/${id}`, idleSeconds }, [204, 404]),
  };
}

/** Glance reads `in:`, `gt:` … at the start of a filter as an operator; quoted after `in:` a name is only a name. */
function exactly(name: string): string {
  return /^(in|neq|eq|gte?|lte?):|[",]/.test(name) ? `in:"${name.replaceAll('"', '\\"')}"` : name;
}

function refusal(session: CloudSession, action: string, answer: HttpAnswer, bytes: number): PublishFailure {
  const { status } = answer;
  const reason = session.redactor.text(reasonOf(status, answer.text));
  if (status === 413) return { kind: "quota", bytes, reason };
  if (status === 401) return { kind: "authentication", url: session.imageEndpoint, reason };
  if (status === 403) return { kind: "forbidden", action, reason };
  return { kind: "rejected", service: "glance", action, status, reason };
}

function parsed<T>(action: string, { status, text }: HttpAnswer): Result<T, PublishFailure> {
  try {
    return ok(JSON.parse(text) as T);
  } catch {
    return err({ kind: "rejected", service: "glance", action, status, reason: "the answer is not JSON" });
  }
}
