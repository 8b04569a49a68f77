import { setTimeout as delay } from "node:timers/promises";
import type { CommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { trustedAuthorities } from "./certificates.js";
import { type Credentials, findCredentials } from "./credentials.js";
import { createHttpExchange, type ExchangeFailure, type HttpExchange } from "./http-exchange.js";
import type { Answer, ExchangeRequest } from "./http-message.js";
import { type Challenge, logIn, parseChallenges } from "./login.js";
import { INTERRUPTED, type RegistryFailure } from "./registry-failure.js";
import { isLoopback, type Repository } from "./repository.js";

export interface SessionContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly commands: CommandRunner;
  readonly signal: AbortSignal;
}

/** A request to the registry; `url` may be a path below its root. */
export interface RegistryRequest extends ExchangeRequest {
  readonly scope: "pull" | "pull,push" | "pull,delete";
}

/** Answers of a registry to somebody who is logged in. */
export interface RegistrySession {
  /** Any answer but those that ask to come back later, which it does, a few times. */
  send(request: RegistryRequest): Promise<Result<Answer, RegistryFailure>>;
  close(): void;
}

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8000;
const MOST_REDIRECTS = 5;
/** Renewed before it ends, because a request takes time. */
const SPARE_SECONDS = 10;
const LATER = new Set([429, 500, 502, 503, 504]);

/**
 * Calls a function again while its failure says that it may help, with longer and longer pauses. What it gives in the end
 * does not say so any more, so that nobody above tries as often again.
 */
export async function withRetries<T>(
  signal: AbortSignal,
  work: () => Promise<Result<T, RegistryFailure>>,
): Promise<Result<T, RegistryFailure>> {
  for (let attempt = 1; ; attempt += 1) {
    const done = await work();
    if (done.ok || done.error.again === undefined) return done;
    const { again, ...final } = done.error;
    if (attempt === ATTEMPTS) return err(final);
    const asked = (again.afterSeconds ?? 0) * 1000;
    const pause = Math.min(Math.max(FIRST_PAUSE_MS * 2 ** (attempt - 1), asked), LONGEST_PAUSE_MS);
    await delay(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return err(INTERRUPTED);
  }
}

export function openRegistrySession(
  repository: Repository,
  { env, commands, signal }: SessionContext,
): RegistrySession {
  const exchange = createHttpExchange(
    { verify: repository.tlsVerify, authorities: trustedAuthorities(repository.registry, env) },
    signal,
  );
  let connected: Promise<Result<Connection, RegistryFailure>> | undefined;
  const tokens = new Map<string, { readonly header: string; readonly until: number }>();
  let credentials: Promise<Result<Credentials | undefined, string>> | undefined;

  const authorize = async (scope: string, { base, challenges }: Connection, fresh: boolean) => {
    const known = tokens.get(scope);
    if (!fresh && known !== undefined && known.until > performance.now()) return ok(known.header);
    credentials ??= findCredentials(repository, env, commands);
    const found = await credentials;
    if (!found.ok) return err<RegistryFailure>({ kind: "refused", message: `cannot be logged in to: ${found.error}` });
    const challenge = challenges.find(({ scheme }) => scheme === "bearer") ?? challenges[0];
    if (challenge === undefined) return ok(undefined);
    const login = await logIn(exchange, base, challenge, `repository:${repository.name}:${scope}`, found.value);
    if (!login.ok) return login;
    const until = performance.now() + (login.value.seconds - SPARE_SECONDS) * 1000;
    tokens.set(scope, { header: login.value.header, until });
    return ok(login.value.header);
  };

  const once = async (request: RegistryRequest): Promise<Result<Answer, RegistryFailure>> => {
    connected ??= connect(exchange, repository);
    const connection = await connected;
    if (!connection.ok) {
      connected = undefined;
      return connection;
    }
    for (const fresh of [false, true]) {
      const header = await authorize(request.scope, connection.value, fresh);
      if (!header.ok) return header;
      const url = new URL(request.url, connection.value.base).toString();
      const answered = await follow(exchange, { ...request, url }, header.value);
      if (!answered.ok) return answered;
      // A token may have ended meanwhile; what a second one does not open stays closed.
      if (answered.value.status !== 401 || header.value === undefined || fresh) return judge(answered.value);
      answered.value.body.destroy();
    }
    throw new Error("the second attempt always answers");
  };
  return {
    send: (request) => withRetries(signal, () => once(request)),
    close: () => exchange.close(),
  };
}

interface Connection {
  /** `https://registry.example.org`. */
  readonly base: string;
  readonly challenges: readonly Challenge[];
}

/** Finds out how the registry is spoken to: https, or http where that is allowed, and who may ask. */
async function connect(
  exchange: HttpExchange,
  { registry, tlsVerify }: Repository,
): Promise<Result<Connection, RegistryFailure>> {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const ping = async (base: string): Promise<Result<Connection, ExchangeFailure>> => {
    const answered = await exchange.send({ method: "GET", url: `${base}/v2/` });
    if (!answered.ok) return answered;
    const { status, headers, body } = answered.value;
    body.destroy();
    if (status === 200) return ok({ base, challenges: [] });
    if (LATER.has(status)) return err(later(answered.value));
    if (status !== 401)
      return err<RegistryFailure>({ kind: "unavailable", message: `is not a registry: it answers ${status} at /v2/` });
    return ok({ base, challenges: parseChallenges(headers["www-authenticate"] ?? "") });
  };
  const secure = await ping(`https://${host}`);
  const mayBePlain = isLoopback(registry) || !tlsVerify;
  return !secure.ok && secure.error.isNotTls === true && mayBePlain ? ping(`http://${host}`) : secure;
}

/** Follows redirects to where a registry keeps its blobs; a password or token goes to the registry only. */
async function follow(
  exchange: HttpExchange,
  request: RegistryRequest,
  authorization: string | undefined,
): Promise<Result<Answer, RegistryFailure>> {
  let url = request.url;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const known = new URL(url).host === new URL(request.url).host && authorization !== undefined;
    const headers = { ...request.headers, ...(known ? { authorization } : {}) };
    const answered = await exchange.send({ ...request, url, headers });
    const location = answered.ok ? answered.value.headers.location : undefined;
    const isRedirect = answered.ok && [301, 302, 303, 307, 308].includes(answered.value.status);
    if (!answered.ok || !isRedirect || location === undefined || request.method === "POST") return answered;
    answered.value.body.destroy();
    const next = new URL(location, url).toString();
    if (url.startsWith("https:") && !next.startsWith("https:"))
      return err({ kind: "unavailable", message: "sends to a place that is not encrypted" });
    url = next;
  }
  return err({ kind: "unavailable", message: `sends from place to place, more than ${MOST_REDIRECTS} times` });
}

function judge(answer: Answer): Result<Answer, RegistryFailure> {
  const { status, body } = answer;
  if (LATER.has(status)) return err(later(answer));
  if (status === 401 || status === 403) {
    body.destroy();
    return err({ kind: "refused", message: `answers ${status}: this user may not do that, or has to log in first` });
  }
  return ok(answer);
}

function later({ status, headers, body }: Answer): RegistryFailure {
  body.destroy();
  const after = Number(headers["retry-after"]);
  return {
    kind: "unavailable",
    message: `answers ${status}${status === 429 ? " (too many requests)" : ""}`,
    again: Number.isFinite(after) ? { afterSeconds: after } : {},
  };
}
