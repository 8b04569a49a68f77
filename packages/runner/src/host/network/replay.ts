import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { fileHash } from "@dibkit/exec";
import {
  type BuildLock,
  FETCH_KINDS,
  fetchKind,
  type LockedRequest,
  lockedAnswers,
  requestKey,
} from "../../job/build-lock.js";
import { type ContentStore, contentStore } from "./content-store.js";
import type { Exchange } from "./exchange.js";
import { bringContent, refuse, type Way } from "./forward-request.js";
import { lockedInstead } from "./locked-instead.js";
import type { ContentSource } from "./network.js";

/** Answers from a lock and the bytes that are kept for it. */
export interface Replay {
  readonly contents: ContentStore;
  /** Whether a request goes to where it leads, whatever the lock has. */
  isFree(method: string, url: string): boolean;
  /** Whether the lock has anything of the server of an address. */
  hasFrom(url: string): boolean;
  /** Answers a request, or refuses it and says what the lock has instead. */
  answer(incoming: IncomingMessage, outgoing: ServerResponse, exchange: Exchange, way: Way): Promise<void>;
  /** A connection shows nothing but its host, so nothing can be given in place of what comes through it. */
  refuseConnection(authority: string, exchange: Exchange): string;
}

const FORBIDDEN = 403;

const NO_CONNECTION =
  "what comes through a connection of TLS cannot be kept or given again: fetch it by http, or bring it with the element";

export function openReplay(lock: BuildLock, source?: ContentSource): Replay {
  const contents = contentStore(lock.contents);
  const answers = lockedAnswers(lock);
  const whole = new Set<string>();
  const isWhole = async (path: string, sha256: string) => {
    if (!whole.has(sha256) && (await fileHash(path)) === sha256) whole.add(sha256);
    return whole.has(sha256);
  };
  const deny = (outgoing: ServerResponse, exchange: Exchange, why: string, help: string) => {
    exchange.refused(why, help);
    refuse(outgoing, FORBIDDEN, why);
  };
  const find = (method: string, exchange: Exchange): LockedRequest | undefined => {
    const { url } = exchange;
    const body = exchange.sentDigest();
    const exact = answers.get(requestKey({ method, url, ...(body === undefined ? {} : { body }) }));
    return exact ?? (method === "HEAD" ? answers.get(requestKey({ method: "GET", url })) : undefined);
  };
  const origins = new Set(lock.requests.map(({ url }) => originOf(url)));
  return {
    contents,
    hasFrom: (url) => origins.has(originOf(url)),
    isFree(method, url) {
      if (method === "CONNECT") return FETCH_KINDS.every((kind) => lock.free.includes(kind));
      return lock.free.includes(fetchKind(url));
    },
    async answer(incoming, outgoing, exchange, way) {
      const { method = "GET" } = incoming;
      for await (const piece of incoming) exchange.sent(piece as Buffer);
      const locked = find(method, exchange);
      if (locked === undefined)
        return deny(outgoing, exchange, "the lock does not have it", lockedInstead(lock, method, exchange.url));
      const { status, size, sha256, headers = {} } = locked;
      if (method === "HEAD" || sha256 === undefined) {
        const head = sha256 === undefined ? headers : { ...headers, "content-length": String(size) };
        exchange.answered(status, undefined, head);
        outgoing.writeHead(status, head).end();
        return exchange.done();
      }
      const isThere = contents.find(sha256) !== undefined || (await source?.bring({ sha256, size }));
      const trouble = isThere ? undefined : await bring(incoming, way, sha256);
      const path = contents.find(sha256);
      if (path === undefined) {
        const where = source === undefined ? "on this machine" : `on this machine nor in ${source.name}`;
        const why = `its bytes, which the lock names, are not ${where}, and cannot be fetched (${trouble})`;
        const help = `copy ${sha256} into "${lock.contents}" from the machine that made the lock`;
        return deny(outgoing, exchange, why, help);
      }
      if (!(await isWhole(path, sha256))) {
        const help = `remove "${path}", and copy it again`;
        return deny(outgoing, exchange, "its bytes, which the lock names, are damaged on this machine", help);
      }
      await give(path, locked, outgoing, exchange);
    },
    refuseConnection(authority, exchange) {
      const why = "the lock does not have it";
      exchange.refused(why, `${NO_CONNECTION}; ${lockedInstead(lock, "CONNECT", authority)}`);
      return why;
    },
  };
}

/** Why bytes that the lock names could not be fetched; of what was sent to the server nothing is left to send again. */
async function bring(incoming: IncomingMessage, way: Way, sha256: string): Promise<string | undefined> {
  return incoming.method === "GET" ? bringContent(incoming, way, sha256) : `${incoming.method} is not sent again`;
}

async function give(
  path: string,
  { status, size, headers }: LockedRequest,
  outgoing: ServerResponse,
  exchange: Exchange,
): Promise<void> {
  outgoing.writeHead(status, { ...headers, "content-length": size });
  exchange.answered(status, size, headers);
  const file = createReadStream(path);
  file.on("data", (piece) => exchange.received(piece as Buffer));
  // Whoever asked may go as soon as it has everything: the exchange knows by the size whether it had.
  await pipeline(file, outgoing).then(exchange.done, () => undefined);
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "";
}
