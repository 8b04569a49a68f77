import { Agent, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { BuildLock } from "../../job/build-lock.js";
import type { Fetched } from "../../job/fetched.js";
import { beginExchange, type Exchange } from "./exchange.js";
import { forwardRequest, refuse, withoutBrackets } from "./forward-request.js";
import type { ContentSource, WatchedStep } from "./network.js";
import { dial, join } from "./open-tunnel.js";
import { openReplay } from "./replay.js";
import { upstreamProxy } from "./upstream-proxy.js";

/** An HTTP proxy that notes what goes through it, for one step after another. */
export interface RecordingProxy {
  /** Begins to note what a step asks for; `end` gives it when the step's processes are gone. */
  watch(step: WatchedStep): { end(): Promise<readonly Fetched[]> };
  close(): void;
}

/** What the proxy knows of the namespace whose processes use it. */
export interface ProxySide {
  /** Gives the connections of those processes. */
  readonly server: Server;
  /** A connection to a server that one of them runs; undefined when there is none. */
  connect(host: string, port: number): Promise<Socket | undefined>;
}

interface Watched extends WatchedStep {
  readonly exchanges: { readonly exchange: Exchange; readonly loopback: boolean }[];
}

/** As many connections to one host as a browser makes. */
const MOST_CONNECTIONS = 6;

/** With a lock it keeps what it passes on, and answers from the lock what is not to be fetched. */
export function createRecordingProxy(
  { server, connect }: ProxySide,
  lock?: BuildLock,
  contentSource?: ContentSource,
): RecordingProxy {
  const replay = lock && openReplay(lock, contentSource);
  let watched: Watched | undefined;
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS });
  const proxy = createServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (incoming, outgoing) => {
    void handle(incoming, outgoing);
  });
  proxy.on("connect", (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    void handleConnect(incoming.url ?? "", client, head);
  });
  proxy.on("clientError", (_error, socket) => socket.destroy());
  server.on("connection", (socket) => proxy.emit("connection", socket));
  const begin = (method: string, url: string, hostname = ""): Exchange => {
    const exchange = beginExchange(method, url, watched?.secrets ?? [], replay !== undefined);
    watched?.exchanges.push({ exchange, loopback: isLoopback(hostname) && !replay?.hasFrom(url) });
    return exchange;
  };

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "GET", url: text = "" } = incoming;
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
      const scheme = url === undefined ? "what is no URL" : url.protocol;
      const why = `this is the proxy of dibkit, which takes http and https and not ${scheme}`;
      begin(method, text).failed(why);
      return refuse(outgoing, 501, why);
    }
    const variables = watched?.environment ?? {};
    const own = await inside(url.hostname, Number(url.port || (url.protocol === "http:" ? 80 : 443)));
    // What a step serves to itself is not fetched.
    const exchange = own === undefined ? begin(method, url.href, url.hostname) : beginExchange(method, url.href, []);
    const held = own === undefined ? replay : undefined;
    const way = {
      ...{ url, variables, agent, keepIn: held?.contents, secrets: watched?.secrets ?? [] },
      ...(own === undefined ? {} : { socket: own }),
    };
    try {
      if (held && !held.isFree(method, url.href)) return await held.answer(incoming, outgoing, exchange, way);
      forwardRequest(incoming, outgoing, way, exchange);
    } catch (error) {
      // A header that Node.js does not send, or a proxy of the user's that is no URL.
      exchange.failed(messageOf(error));
      refuse(outgoing, 502, messageOf(error));
    }
  }

  async function handleConnect(authority: string, client: Socket, head: Buffer): Promise<void> {
    client.on("error", () => undefined);
    if (!URL.canParse(`tcp://${authority}`)) return client.destroySoon();
    const { hostname, port } = new URL(`tcp://${authority}`);
    const own = await inside(hostname, Number(port));
    const exchange =
      own === undefined ? begin("CONNECT", authority, hostname) : beginExchange("CONNECT", authority, []);
    try {
      if (own === undefined && replay !== undefined && !replay.isFree("CONNECT", authority)) {
        const why = replay.refuseConnection(authority, exchange);
        return void client.end(`HTTP/1.1 403 ${why}\r\nContent-Length: 0\r\n\r\n`);
      }
      const other = own ?? (await dial(authority, upstreamProxy(`https://${authority}`, watched?.environment ?? {})));
      exchange.answered(200, undefined);
      exchange.measure(() => ({ bytes: other.bytesRead, sent: other.bytesWritten }));
      join(client, other, () => exchange.done());
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      if (head.length > 0) other.write(head);
    } catch (error) {
      const why = messageOf(error);
      exchange.failed(why);
      client.end(`HTTP/1.1 502 ${why.replace(/[^ -~]/g, "?")}\r\nContent-Length: 0\r\n\r\n`);
    }
  }

  /** A step that names itself means its own server when it has one, and the machine's otherwise, as without a proxy. */
  async function inside(hostname: string, port: number): Promise<Socket | undefined> {
    return isLoopback(hostname) ? connect(withoutBrackets(hostname), port) : undefined;
  }

  return {
    watch(step) {
      const current: Watched = { ...step, exchanges: [] };
      watched = current;
      return {
        async end() {
          // What arrived together with the end of the step is told first.
          await nextTurn();
          await nextTurn();
          if (watched === current) watched = undefined;
          const all = current.exchanges.map(({ exchange, loopback }) => ({ entry: exchange.entry(), loopback }));
          // A step that waits for its own server to come up has asked nobody else.
          return all.flatMap(({ entry, loopback }) => (loopback && entry.status === undefined ? [] : [entry]));
        },
      };
    },
    close() {
      proxy.closeAllConnections();
      agent.destroy();
    },
  };
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|\[::1\]|127\..*)$/.test(hostname);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
