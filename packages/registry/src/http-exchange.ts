import { setMaxListeners } from "node:events";
import { createReadStream } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { err, ok, type Result } from "@dibkit/model";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import type { Answer, ExchangeRequest } from "./http-message.js";
import { createHttp2Sessions, sendOverHttp2 } from "./http2-sessions.js";
import { networkTrouble } from "./network-trouble.js";
import { INTERRUPTED, type RegistryFailure } from "./registry-failure.js";

/** A failure before there is an answer; `isNotTls`: the other side may speak plain HTTP. */
export interface ExchangeFailure extends RegistryFailure {
  readonly isNotTls?: boolean;
}

/** Requests to one registry over connections that are kept. Any status is an answer. */
export interface HttpExchange {
  send(request: ExchangeRequest): Promise<Result<Answer, ExchangeFailure>>;
  close(): void;
}

/** Silence on a connection after which it counts as lost. */
const IDLE_MS = 30_000;

/** How certificates are verified; `authorities` are in PEM, undefined: those of Node.js. */
export interface TlsTrust {
  readonly verify: boolean;
  readonly authorities?: readonly string[] | undefined;
}

export function createHttpExchange({ verify, authorities }: TlsTrust, signal: AbortSignal): HttpExchange {
  const tls = { rejectUnauthorized: verify, ...(authorities === undefined ? {} : { ca: [...authorities] }) };
  // Each request under way listens to it, and there may be many.
  setMaxListeners(0, signal);
  const plain = new Agent({ keepAlive: true });
  const secure = new HttpsAgent({ keepAlive: true, ...tls });
  const agentOf = (url: string) => {
    const proxy = getProxyForUrl(url);
    const isSecure = url.startsWith("https:");
    if (proxy === "") return isSecure ? secure : plain;
    return isSecure ? new HttpsProxyAgent(proxy, tls) : new HttpProxyAgent(proxy);
  };
  const http2 = createHttp2Sessions({ tls, idleMs: IDLE_MS });
  const sendSecure = async (request: ExchangeRequest): Promise<Result<Answer, ExchangeFailure> | undefined> => {
    let connected = false;
    try {
      const session = await http2.open(request.url);
      if (session === undefined) return undefined;
      connected = true;
      return await sendOverHttp2(session, request, { signal, idleMs: IDLE_MS });
    } catch (error) {
      return err(signal.aborted ? INTERRUPTED : lost(error, connected));
    }
  };
  return {
    async send(request) {
      if (signal.aborted) return err(INTERRUPTED);
      const isDirect = request.url.startsWith("https:") && getProxyForUrl(request.url) === "";
      const answered = isDirect ? await sendSecure(request) : undefined;
      return answered ?? send(request, { agent: agentOf(request.url), ...tls, signal });
    },
    close() {
      http2.close();
      plain.destroy();
      secure.destroy();
    },
  };
}

interface SendOptions {
  readonly agent: Agent;
  readonly rejectUnauthorized: boolean;
  readonly ca?: string[];
  readonly signal: AbortSignal;
}

function send(request: ExchangeRequest, options: SendOptions): Promise<Result<Answer, ExchangeFailure>> {
  const { signal } = options;
  if (signal.aborted) return Promise.resolve(err(INTERRUPTED));
  return new Promise((resolve) => {
    let connected = false;
    const isSecure = request.url.startsWith("https:");
    const host = new URL(request.url).hostname.replace(/^\[|\]$/g, "");
    const { body } = request;
    const length = body === undefined ? undefined : Buffer.isBuffer(body) ? body.length : body.size;
    const outgoing = (isSecure ? httpsRequest : httpRequest)(request.url, {
      ...options,
      // Behind a proxy Node.js forgets a host that is an address, and compares with "localhost".
      ...(isSecure
        ? { checkServerIdentity: (_: string, peer: PeerCertificate) => checkServerIdentity(host, peer) }
        : {}),
      method: request.method,
      headers: { ...request.headers, ...(length === undefined ? {} : { "content-length": String(length) }) },
      timeout: IDLE_MS,
    });
    const fail = (error: unknown) => resolve(err(signal.aborted ? INTERRUPTED : lost(error, connected)));
    outgoing.on("socket", (socket) => {
      // A connection that is kept has been there for long, and would collect what waits for its beginning.
      if (!socket.connecting) connected = true;
      else
        socket.once(isSecure ? "secureConnect" : "connect", () => {
          connected = true;
        });
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`nothing came for ${IDLE_MS / 1000} s`)));
    outgoing.on("error", fail);
    outgoing.on("response", (incoming) => {
      resolve(ok({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: incoming }));
    });
    if (body === undefined || Buffer.isBuffer(body)) outgoing.end(body);
    // An answer that comes before the end of the body counts more than the broken pipe.
    else pipeline(body.size === 0 ? Readable.from([]) : createReadStream(body.file), outgoing).catch(fail);
  });
}

function lost(error: unknown, connected: boolean): ExchangeFailure {
  const { kind, reason, isNotTls } = networkTrouble(error, connected);
  return {
    kind: "unavailable",
    message: kind === "unreachable" ? `cannot be reached: ${reason}` : `failed: ${reason}`,
    ...(kind === "connection-lost" ? { again: {} } : {}),
    ...(isNotTls ? { isNotTls } : {}),
  };
}

/** The whole body of an answer; a failure when it is longer than `limit` bytes or ends too early. */
export async function readBody(answer: Answer, limit: number): Promise<Result<Buffer, RegistryFailure>> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit)
        return err({ kind: "content", message: `sent more than the ${limit} bytes that were expected` });
      chunks.push(chunk);
    }
  } catch (error) {
    return err(lost(error, true));
  } finally {
    answer.body.destroy();
  }
  return ok(Buffer.concat(chunks));
}
