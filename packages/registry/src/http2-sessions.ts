import { createReadStream } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2, constants } from "node:http2";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { ok, type Result } from "@dibkit/model";
import type { Answer, ExchangeRequest } from "./http-message.js";

/** Connections with HTTP/2, one for each origin that speaks it. */
export interface Http2Sessions {
  /** A connection to the origin of an address; undefined when it does not speak HTTP/2. Throws what TLS throws. */
  open(url: string): Promise<ClientHttp2Session | undefined>;
  close(): void;
}

export interface Http2Options {
  readonly tls: { readonly rejectUnauthorized: boolean; readonly ca?: string[] };
  /** Silence on a stream after which it counts as lost. */
  readonly idleMs: number;
}

export function createHttp2Sessions({ tls }: Http2Options): Http2Sessions {
  const known = new Map<string, Promise<ClientHttp2Session | undefined>>();
  const open = async (url: URL): Promise<ClientHttp2Session | undefined> => {
    const socket = await negotiate(url, tls);
    if (socket.alpnProtocol !== "h2") {
      socket.destroy();
      return undefined;
    }
    const session = connectHttp2(url.origin, { createConnection: () => socket });
    const forget = () => known.delete(url.origin);
    // What happens to a connection is told by its streams; the next request opens another one.
    session.on("error", forget);
    session.on("goaway", forget);
    session.on("close", forget);
    session.unref();
    return session;
  };
  return {
    async open(text) {
      const url = new URL(text);
      const opening = known.get(url.origin) ?? open(url);
      known.set(url.origin, opening);
      try {
        const session = await opening;
        if (session === undefined || !session.destroyed) return session;
        known.delete(url.origin);
        return await open(url);
      } catch (error) {
        known.delete(url.origin);
        throw error;
      }
    },
    close() {
      for (const opening of known.values()) opening.then((session) => session?.destroy()).catch(() => undefined);
      known.clear();
    },
  };
}

const openStreams = new WeakMap<ClientHttp2Session, number>();

function negotiate({ hostname, port }: URL, tls: Http2Options["tls"]): Promise<TLSSocket> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const name = /^[\d.]+$|:/.test(host) ? {} : { servername: host };
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host, port: Number(port || 443), ...name, ...tls, ALPNProtocols: ["h2", "http/1.1"] });
    socket.once("secureConnect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

/** Sends a request on a connection; rejects when there is no answer. */
export function sendOverHttp2(
  session: ClientHttp2Session,
  { method, url, headers, body }: ExchangeRequest,
  { signal, idleMs }: { readonly signal: AbortSignal; readonly idleMs: number },
): Promise<Result<Answer, never>> {
  const { pathname, search } = new URL(url);
  const length = body === undefined ? undefined : Buffer.isBuffer(body) ? body.length : body.size;
  return new Promise((resolve, reject) => {
    // An idle connection does not keep the process alive, one with a request does.
    session.ref();
    const stream: ClientHttp2Stream = session.request(
      {
        ...headers,
        ...(length === undefined ? {} : { "content-length": String(length) }),
        ...{ ":method": method, ":path": `${pathname}${search}` },
      },
      { endStream: body === undefined, signal },
    );
    stream.setTimeout(idleMs, () => stream.destroy(new Error(`nothing came for ${idleMs / 1000} s`)));
    stream.on("error", reject);
    const open = (openStreams.get(session) ?? 0) + 1;
    openStreams.set(session, open);
    stream.on("close", () => {
      const left = (openStreams.get(session) ?? 1) - 1;
      openStreams.set(session, left);
      if (left === 0 && !session.destroyed) session.unref();
    });
    stream.on("close", () => reject(new Error("the connection was closed")));
    stream.on("response", (answer) => {
      // A body that nobody wants any more must not be waited for.
      stream.on("error", () => undefined);
      resolve(
        ok({
          status: Number(answer[constants.HTTP2_HEADER_STATUS]),
          headers: answer as IncomingHttpHeaders,
          body: stream,
        }),
      );
    });
    if (body === undefined) return;
    if (Buffer.isBuffer(body)) stream.end(body);
    // An answer that comes before the end of the body counts more than the broken pipe.
    else
      pipeline(body.size === 0 ? Readable.from([]) : createReadStream(body.file), stream, { end: true }).catch(reject);
  });
}
