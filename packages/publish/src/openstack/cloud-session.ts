import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { PublishFailure } from "../publish-failure.js";
import type { CloudConfig } from "./cloud-config.js";
import { secretsOf } from "./cloud-config.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "./http-client.js";
import type { CatalogService } from "./keystone-messages.js";
import { authenticationBody, imageEndpoint, reasonOf, unversioned } from "./keystone-messages.js";
import type { Redactor, Secret } from "./secret.js";
import { createRedactor, publicUrl, secret } from "./secret.js";

/** A request to the image service; `path` begins with `/v2/`. */
export type ImageRequest = Omit<HttpRequest, "service" | "url"> & {
  readonly path: string;
  /** For a body that can be sent only once: the token is renewed before, and a 401 is final. */
  readonly once?: boolean;
};

/** A logged-in user of one image service. Logs in again when its token has run out. */
export interface CloudSession {
  readonly imageEndpoint: string;
  /** Of the token; absent when it has no project or there is no Keystone. */
  readonly projectId?: string;
  readonly redactor: Redactor;
  request(request: ImageRequest): Promise<Result<HttpAnswer, PublishFailure>>;
}

interface Login {
  readonly token?: Secret;
  readonly projectId?: string;
  readonly catalog: readonly CatalogService[];
}

/** Logs in and finds the image service; nothing is changed anywhere. */
export async function openCloudSession(
  config: CloudConfig,
  client: HttpClient,
  signal?: AbortSignal,
): Promise<Result<CloudSession, PublishFailure>> {
  const redactor = createRedactor(secretsOf(config));
  const first = await logIn(config, client, redactor, signal);
  if (!first.ok) return first;
  const endpoint = config.imageEndpoint
    ? ok(unversioned(config.imageEndpoint))
    : imageEndpoint(first.value.catalog, config);
  if (!endpoint.ok) return endpoint;
  let login = first.value;
  let fresh = true;
  const renew = async (requestSignal: AbortSignal | undefined): Promise<Result<void, PublishFailure>> => {
    if (fresh) return ok(undefined);
    const again = await logIn(config, client, redactor, requestSignal);
    if (!again.ok) return again;
    login = again.value;
    fresh = true;
    return ok(undefined);
  };
  const send = ({ path, once: _once, ...request }: ImageRequest) => {
    const headers = { ...request.headers, ...(login.token ? { "x-auth-token": login.token.reveal() } : {}) };
    return client.request({ ...request, headers, service: "glance", url: `${endpoint.value}${path}` });
  };
  return ok({
    imageEndpoint: publicUrl(endpoint.value),
    ...(login.projectId ? { projectId: login.projectId } : {}),
    redactor,
    async request(request) {
      if (request.once) {
        const renewed = await renew(request.signal);
        if (!renewed.ok) return renewed;
      }
      const answer = await send(request);
      const canRenew = !request.once && config.credentials.kind !== "fixed";
      fresh = false;
      if (!answer.ok || answer.value.status !== 401 || !canRenew) return answer;
      const renewed = await renew(request.signal);
      return renewed.ok ? send(request) : renewed;
    },
  });
}

async function logIn(
  config: CloudConfig,
  client: HttpClient,
  redactor: Redactor,
  signal: AbortSignal | undefined,
): Promise<Result<Login, PublishFailure>> {
  const { credentials } = config;
  if (credentials.kind === "fixed")
    return ok({ ...(credentials.token ? { token: credentials.token } : {}), catalog: [] });
  const url = `${config.authUrl}/auth/tokens`;
  const answer = await client.request({
    service: "keystone",
    method: "POST",
    url,
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(authenticationBody(config)),
    ...(signal ? { signal } : {}),
  });
  if (!answer.ok) return answer;
  const { status, headers, text } = answer.value;
  const token = headers["x-subject-token"];
  if (status === 201 && typeof token === "string") {
    redactor.add(secret(token));
    const body = parseToken(text);
    const projectId = body?.project?.id;
    return ok({ token: secret(token), ...(projectId ? { projectId } : {}), catalog: body?.catalog ?? [] });
  }
  return err(loginFailure(config, status, redactor.text(reasonOf(status, text)), headers.location));
}

function loginFailure(
  config: CloudConfig,
  status: number,
  reason: string,
  location: string | undefined,
): PublishFailure {
  const url = publicUrl(config.authUrl);
  if (status === 401 || status === 403) return { kind: "authentication", url, reason };
  if (status >= 300 && status < 400 && location)
    return {
      kind: "configuration",
      message: `keystone at ${url} is really at "${publicUrl(location)}"`,
      help: `write that address as auth_url of cloud "${config.name}"; credentials are not sent after a redirect`,
    };
  if (status === 404)
    return { kind: "configuration", message: `there is no Keystone v3 at ${url}`, help: "check auth_url" };
  return { kind: "rejected", service: "keystone", action: "log in", status, reason };
}

interface TokenBody {
  readonly project?: { readonly id?: string };
  readonly catalog?: readonly CatalogService[];
}

function parseToken(text: string): TokenBody | undefined {
  try {
    return (JSON.parse(text) as { token?: TokenBody }).token;
  } catch {
    return undefined;
  }
}
