import { readFile } from "node:fs/promises";
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import type { PublishFailure, ServiceName } from "../publish-failure.js";
import type { TlsSettings } from "./cloud-config.js";
import type { HttpFailure } from "./http-failure.js";
import { networkFailure } from "./network-failure.js";
import { publicUrl } from "./secret.js";

/** A body of known length that is produced once, piece by piece, as fast as the other side takes it. */
export interface StreamedBody {
  readonly length: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface HttpRequest {
  readonly service: ServiceName;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | StreamedBody;
  readonly signal?: AbortSignal;
  /** Silence on the connection that counts as failure; default 60. */
  readonly idleSeconds?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The only way to the network: any HTTP status is an answer, everything else a failure. */
export interface HttpClient {
  request(request: HttpRequest): Promise<Result<HttpAnswer, HttpFailure>>;
}

const CONTINUE_PATIENCE_MS = 10_000;
const MAX_ANSWER_CHARS = 16 * 1024 * 1024;

/** Reads the certificate files once. A file that cannot be read is a configuration failure. */
export async function openHttpClient(tls: TlsSettings): Promise<Result<HttpClient, PublishFailure>> {
  const files: { ca?: string; cert?: string; key?: string } = {};
  for (const [key, path] of [
    ["ca", tls.caFile],
    ["cert", tls.certFile],
    ["key", tls.keyFile ?? tls.certFile],
  ] as const) {
    if (path === undefined) continue;
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => error);
    if (typeof text !== "string")
      return err({ kind: "configuration", message: `certificate file "${path}" cannot be read: ${text.code}` });
    files[key] = text;
  }
  const options = { ...files, rejectUnauthorized: tls.verify };
  return ok({ request: (request) => send(request, options) });
}

type TlsOptions = {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
};

function send(request: HttpRequest, tls: TlsOptions): Promise<Result<HttpAnswer, HttpFailure>> {
  const where = { service: request.service, url: publicUrl(request.url).replace(/\?.*$/, "") };
  if (request.signal?.aborted) return Promise.resolve(err({ kind: "interrupted" }));
  const idleSeconds = request.idleSeconds ?? 60;
  return new Promise((resolve) => {
    let connected = false;
    const fail = (error: unknown) =>
      resolve(err(request.signal?.aborted ? { kind: "interrupted" } : networkFailure(where, error, connected)));
    const secure = request.url.startsWith("https:");
    const outgoing = (secure ? httpsRequest : httpRequest)(request.url, {
      method: request.method,
      headers: headersOf(request),
      // As an option it also covers the time before the connection stands.
      timeout: idleSeconds * 1000,
      ...agentFor(request.url, tls),
      ...(secure ? tls : {}),
      ...(request.signal ? { signal: request.signal } : {}),
    });
    outgoing.on("socket", (socket) => {
      if (!socket.connecting) connected = true;
      socket.once(secure ? "secureConnect" : "connect", () => {
        connected = true;
      });
    });
    outgoing.on("timeout", () => {
      resolve(err({ kind: "timeout", ...where, seconds: idleSeconds }));
      outgoing.destroy();
    });
    let answered = false;
    const stopBody = writeBody(outgoing, request.body, (error) => {
      // A service that refuses early answers first and closes after; then its answer is what counts.
      if (!answered) fail(error);
    });
    outgoing.on("error", (error) => {
      if (!answered) fail(error);
    });
    outgoing.on("response", (incoming) => {
      answered = true;
      stopBody();
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (piece: string) => {
        if (text.length < MAX_ANSWER_CHARS) text += piece;
      });
      const finish = () => {
        resolve(ok({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
        if (!outgoing.writableFinished) outgoing.destroy();
      };
      incoming.on("end", finish);
      incoming.on("error", (error) => ((incoming.statusCode ?? 0) >= 400 ? finish() : fail(error)));
    });
  });
}

type Outgoing = ReturnType<typeof httpRequest>;

/**
 * A streamed body waits for `100 Continue`, so that a service which refuses it (quota, token) says so before the first
 * byte; one that never says so gets the body after ten seconds. Returns how to stop writing.
 */
function writeBody(outgoing: Outgoing, body: HttpRequest["body"], onError: (error: unknown) => void): () => void {
  if (body === undefined || typeof body === "string") {
    outgoing.end(body);
    return () => {};
  }
  const source = Readable.from(body.chunks);
  let begun = false;
  const begin = () => {
    if (begun) return;
    begun = true;
    clearTimeout(timer);
    pipeline(source, outgoing).catch(onError);
  };
  const timer = setTimeout(begin, CONTINUE_PATIENCE_MS);
  outgoing.once("continue", begin);
  outgoing.once("close", () => {
    clearTimeout(timer);
    source.destroy();
  });
  outgoing.flushHeaders();
  return () => {
    begun = true;
    clearTimeout(timer);
  };
}

function headersOf({ headers, body }: HttpRequest): Record<string, string | number> {
  if (body === undefined) return { ...headers };
  if (typeof body === "string") return { ...headers, "content-length": Buffer.byteLength(body) };
  return { ...headers, "content-length": body.length, expect: "100-continue" };
}

/** A connection for each request: a kept one that the service closed meanwhile would look like a lost upload. */
function agentFor(url: string, tls: TlsOptions): Pick<RequestOptions, "agent"> {
  const proxy = getProxyForUrl(url);
  if (!proxy) return { agent: false };
  return { agent: url.startsWith("https:") ? new HttpsProxyAgent(proxy, tls) : new HttpProxyAgent(proxy) };
}
