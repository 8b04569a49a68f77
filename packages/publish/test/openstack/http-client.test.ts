import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type HttpRequest, openHttpClient } from "../../src/openstack/http-client.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener, onContinue?: RequestListener): Promise<string> {
  const server = createServer(listener);
  if (onContinue) server.on("checkContinue", onContinue);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(url: string, more: Partial<HttpRequest> = {}) {
  const client = await openHttpClient({ verify: true });
  if (!client.ok) throw new Error("no client");
  return client.value.request({ service: "glance", method: "PUT", url, ...more });
}

/** A body of many pieces that counts what was taken of it. */
function bigBody(pieces = 64) {
  const piece = Buffer.alloc(1 << 20);
  const taken = { count: 0 };
  async function* chunks() {
    for (let index = 0; index < pieces; index += 1) {
      taken.count += 1;
      yield piece;
    }
  }
  return { taken, body: { length: pieces * piece.length, chunks: chunks() } };
}

describe("a streamed body", () => {
  test("arrives whole, with its length announced", async () => {
    let received = 0;
    const url = await serve((request, response) => {
      request.on("data", (piece: Buffer) => {
        received += piece.length;
      });
      request.on("end", () =>
        response.end(`${request.headers["content-length"]} ${request.headers["transfer-encoding"]}`),
      );
    });
    const { body } = bigBody(8);
    expect(await ask(url, { body })).toMatchObject({ ok: true, value: { status: 200, text: `${8 << 20} undefined` } });
    expect(received).toBe(8 << 20);
  });

  test("is not sent at all when the service refuses its headers", async () => {
    const url = await serve(
      () => {},
      (_request, response) => response.writeHead(413).end("quota is full"),
    );
    const { body, taken } = bigBody();
    expect(await ask(url, { body })).toMatchObject({ ok: true, value: { status: 413, text: "quota is full" } });
    expect(taken.count).toBe(0);
  });

  test("stops when the service answers half-way", async () => {
    const url = await serve((request, response) => {
      request.once("data", () => response.writeHead(507, { connection: "close" }).end("disk is full"));
    });
    const { body, taken } = bigBody();
    expect(await ask(url, { body })).toMatchObject({ ok: true, value: { status: 507, text: "disk is full" } });
    expect(taken.count).toBeLessThan(64);
  });

  test("is a lost connection when the service goes away half-way", async () => {
    const url = await serve((request) => {
      request.once("data", () => request.socket.resetAndDestroy());
    });
    const failure = await ask(url, { body: bigBody().body });
    expect(failure).toMatchObject({
      ok: false,
      error: { kind: "connection-lost", service: "glance", url: `${url}/`.slice(0, -1) },
    });
  });

  test("ends with the abort of its signal", async () => {
    const abort = new AbortController();
    const url = await serve((request) => {
      request.once("data", () => abort.abort());
    });
    const failure = await ask(url, { body: bigBody().body, signal: abort.signal });
    expect(failure).toEqual({ ok: false, error: { kind: "interrupted" } });
  });
});

describe("what is not an answer", () => {
  test("nothing listens", async () => {
    const url = await serve(() => {});
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect(await ask(`${url}/v2/images?name=x`)).toEqual({
      ok: false,
      error: {
        ...{ kind: "unreachable", service: "glance", url: `${url}/v2/images` },
        reason: "nothing listens there (connection refused)",
      },
    });
  });

  test("plain HTTP where TLS is spoken", async () => {
    const url = await serve(() => {});
    expect(await ask(url.replace("http:", "https:"))).toMatchObject({ ok: false, error: { kind: "tls" } });
  });

  test("something that does not speak HTTP", async () => {
    const server = createTcpServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await ask(url)).toMatchObject({
      ok: false,
      error: { kind: "connection-lost", reason: "what it says is not HTTP" },
    });
    server.close();
  });

  test("silence", async () => {
    const url = await serve(() => {});
    expect(await ask(url, { idleSeconds: 1 })).toMatchObject({ ok: false, error: { kind: "timeout", seconds: 1 } });
  });

  test("a certificate file that is not there", async () => {
    expect(await openHttpClient({ verify: true, caFile: "/no/ca.pem" })).toEqual({
      ok: false,
      error: { kind: "configuration", message: 'certificate file "/no/ca.pem" cannot be read: ENOENT' },
    });
  });
});
