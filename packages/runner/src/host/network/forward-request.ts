import { createHash } from "node:crypto";
import { once } from "node:events";
import { type Agent, type IncomingMessage, request as requestHttp, type ServerResponse } from "node:http";
import { request as requestHttps } from "node:https";
import type { Socket } from "node:net";
import type { EnvironmentValues } from "../../job/environment-values.js";
import type { ContentStore } from "./content-store.js";
import type { Exchange } from "./exchange.js";
import { shownUrl } from "./shown-url.js";
import { proxyAuthorization, upstreamProxy } from "./upstream-proxy.js";

/** Headers between two neighbours (RFC 9110, 7.6.1), and one that this process has answered already. */
const NEIGHBOURLY: ReadonlySet<string> = new Set([
  ...["connection", "proxy-connection", "keep-alive", "proxy-authorization", "proxy-authenticate", "te", "trailer"],
  ...["transfer-encoding", "upgrade", "expect"],
]);

/** Headers of a request for less than the whole answer as it is, which nobody could give to another one. */
const NARROWING: ReadonlySet<string> = new Set([
  ...["range", "if-range", "if-modified-since", "if-unmodified-since", "if-none-match", "if-match", "accept-encoding"],
]);

/** Headers of an answer that programs go by. */
const TELLING = ["content-type", "content-encoding", "last-modified", "location", "www-authenticate"];

/** How a request gets on from here. */
export interface Way {
  readonly url: URL;
  /** The variables that name the user's own proxy. */
  readonly variables: EnvironmentValues;
  readonly agent: Agent;
  /** A connection that there is already. */
  readonly socket?: Socket;
  /** Values that must not be seen. */
  readonly secrets?: readonly string[];
  /** Ask for the whole answer, which is kept there, and note its headers. */
  readonly keepIn?: ContentStore | undefined;
}

/** Sends a request on, gives its answer back, and tells the exchange of both. */
export function forwardRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  way: Way,
  exchange: Exchange,
): void {
  // The answer's own date is passed on.
  outgoing.sendDate = false;
  const hasBody = incoming.headers["content-length"] !== undefined || "transfer-encoding" in incoming.headers;
  const repeatable = !hasBody && (incoming.method === "GET" || incoming.method === "HEAD");
  const attempt = (again: boolean) => {
    const onward = open(incoming, way, again);
    onward.once("response", (answer) => {
      try {
        passBack(answer, outgoing, exchange, way, incoming.method);
      } catch (error) {
        // A header of the answer that Node.js reads and does not write.
        const why = error instanceof Error ? error.message : String(error);
        exchange.failed(why);
        refuse(outgoing, 502, why);
        onward.destroy();
      }
    });
    onward.on("error", (error: NodeJS.ErrnoException) => {
      // A connection that was kept may have been closed at the other end in this very moment.
      if (repeatable && !again && onward.reusedSocket && !outgoing.headersSent) return attempt(true);
      exchange.failed(error.message);
      refuse(outgoing, 502, error.message);
    });
    outgoing.once("close", () => {
      if (outgoing.writableFinished) return;
      exchange.failed("it was not waited for");
      onward.destroy();
    });
    if (repeatable) onward.end();
    else incoming.on("data", exchange.sent).pipe(onward);
  };
  attempt(false);
}

/**
 * Fetches what is asked for into the contents, without giving it to whoever asked; undefined when its bytes are those of
 * the digest, and otherwise why they are not kept.
 */
export async function bringContent(incoming: IncomingMessage, way: Way, sha256: string): Promise<string | undefined> {
  const kept = way.keepIn?.begin();
  const hash = createHash("sha256");
  try {
    const onward = open(incoming, way, false).end();
    const [answer] = (await once(onward, "response")) as [IncomingMessage];
    for await (const piece of answer) {
      hash.update(piece as Buffer);
      kept?.write(piece as Buffer);
    }
    if (answer.statusCode !== 200) return `its server answered ${answer.statusCode}`;
    if (hash.copy().digest("hex") !== sha256) return "its server has other bytes now";
    kept?.commit(sha256);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    kept?.discard();
  }
}

function open(incoming: IncomingMessage, { url, variables, agent, socket, keepIn }: Way, again: boolean) {
  const { method = "GET" } = incoming;
  const headers = headersOf(incoming, keepIn ? NARROWING : undefined);
  if (socket !== undefined) {
    return requestHttp(url, { method, headers, createConnection: () => socket });
  }
  const proxy = url.protocol === "http:" ? upstreamProxy(url.href, variables) : undefined;
  const request = (proxy ?? url).protocol === "https:" ? requestHttps : requestHttp;
  if (proxy !== undefined) {
    const withUser = { ...headers, ...proxyAuthorization(proxy) };
    const { hostname, port } = proxy;
    return request({
      hostname: withoutBrackets(hostname),
      port,
      method,
      path: url.href,
      headers: withUser,
      setHost: false,
    });
  }
  return request(url, { method, headers, setHost: false, ...(again || request === requestHttps ? {} : { agent }) });
}

/** An address of IPv6 without what sets it apart from its port. */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** The headers of a message that are meant for its receiver, as they were written. */
function headersOf(
  { rawHeaders, headers }: IncomingMessage,
  leftOut?: ReadonlySet<string>,
): Record<string, string | string[]> {
  const named = (headers.connection ?? "").toLowerCase().split(/\s*,\s*/);
  const passed: Record<string, string | string[]> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    const lower = name.toLowerCase();
    if (NEIGHBOURLY.has(lower) || named.includes(lower) || leftOut?.has(lower)) continue;
    const value = rawHeaders[at + 1] ?? "";
    const before = passed[name];
    passed[name] = before === undefined ? value : [before, value].flat();
  }
  return passed;
}

function passBack(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  exchange: Exchange,
  { keepIn, secrets = [] }: Way,
  asked: string | undefined,
): void {
  const { statusCode = 502, statusMessage } = answer;
  const length = Number(answer.headers["content-length"]);
  if (keepIn !== undefined) exchange.keepIn(keepIn);
  const telling = keepIn ? tellingHeaders(answer, asked, secrets) : undefined;
  exchange.answered(statusCode, Number.isSafeInteger(length) ? length : undefined, telling);
  answer.on("data", (piece: Buffer) => {
    try {
      exchange.received(piece);
    } catch (error) {
      // The bytes cannot be kept, of a full disk for instance: whoever asked must not go on as if they were.
      exchange.failed(`it could not be kept: ${error instanceof Error ? error.message : String(error)}`);
      answer.destroy();
      outgoing.destroy();
    }
  });
  answer.once("end", () => exchange.done());
  answer.once("error", (error) => {
    exchange.failed(error.message);
    // Whoever asked has to see that it is not whole.
    outgoing.destroy();
  });
  outgoing.writeHead(statusCode, statusMessage, headersOf(answer));
  answer.pipe(outgoing);
}

function tellingHeaders(
  { headers }: IncomingMessage,
  method: string | undefined,
  secrets: readonly string[],
): Readonly<Record<string, string>> | undefined {
  // The length of an answer that has bytes is that of the bytes.
  const names = method === "HEAD" ? [...TELLING, "content-length"] : TELLING;
  const found = names.flatMap((name) => {
    const value = headers[name];
    if (typeof value !== "string") return [];
    return [[name, name === "location" ? shownLocation(value, secrets) : value] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

/** An address may be relative. */
function shownLocation(location: string, secrets: readonly string[]): string {
  return URL.canParse(location) ? shownUrl(location, secrets) : location;
}

/** An answer of dibkit's own. Most programs show the words behind the status and nothing else. */
export function refuse(outgoing: ServerResponse, status: number, why: string): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const words = why.replace(/[^ -~]/g, "?");
  outgoing.writeHead(status, words, { "Content-Type": "text/plain" });
  outgoing.end(`${words}\n`);
}
