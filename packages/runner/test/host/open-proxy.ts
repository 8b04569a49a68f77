import { createServer, type RequestListener, request } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach } from "vitest";
import { createRecordingProxy, type RecordingProxy } from "../../src/host/network/recording-proxy.js";
import type { BuildLock } from "../../src/job/build-lock.js";

/** A step that has no variables and no secrets. */
export const STEP = { environment: {}, secrets: [] };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A server on loopback, as URL. */
export async function web(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  closing.push(() => server.closeAllConnections());
  return `http://127.0.0.1:${await listen(server)}`;
}

interface RequestOptions {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OpenProxy extends RecordingProxy {
  readonly port: number;
  get(url: string, options?: RequestOptions): Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly words: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A proxy; `inside` connects to servers of the namespace, and `lock` is what it answers from. */
export async function openProxy(inside?: (port: number) => Socket | undefined, lock?: BuildLock): Promise<OpenProxy> {
  const server = createTcpServer();
  const port = await listen(server);
  const proxy = createRecordingProxy({ server, connect: async (_host, wanted) => inside?.(wanted) }, lock);
  closing.push(() => proxy.close());
  return {
    ...proxy,
    port,
    get: (url, { method = "GET", body, headers: more = {} } = {}) =>
      new Promise((resolve, reject) => {
        const { host } = URL.canParse(url) ? new URL(url) : { host: "x" };
        const asked = request({
          port,
          path: url,
          method,
          headers: { Host: host, Connection: "close", ...more },
          agent: false,
        });
        asked.once("error", reject);
        asked.once("response", async (answer) => {
          const { statusCode: status = 0, statusMessage: words = "", headers } = answer;
          const received = await text(answer).catch((error: Error) => `broken: ${error.message}`);
          resolve({ status, words, body: received, headers });
        });
        asked.end(body);
      }),
  };
}
