import { createHash } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { listen, openProxy, STEP, web } from "./open-proxy.js";

/** Ends a connection once it has said some words. */
async function saidUntil(socket: Socket, words: string): Promise<string> {
  let said = "";
  socket.on("data", (piece) => {
    said += piece;
    if (said.endsWith(words)) socket.end();
  });
  await once(socket, "close");
  return said;
}

test("gives an answer as it is, and notes its size and digest", async () => {
  const url = await web((incoming, outgoing) => {
    outgoing.writeHead(200, { "X-Path": incoming.url, "Set-Cookie": ["a=1", "b=2"] });
    outgoing.end("one\n");
  });
  const proxy = await openProxy();
  const watch = proxy.watch(STEP);
  const answer = await proxy.get(`${url}/a/b?c=d`);
  expect(answer).toMatchObject({
    status: 200,
    body: "one\n",
    headers: { "x-path": "/a/b?c=d", "set-cookie": ["a=1", "b=2"] },
  });
  const sha256 = createHash("sha256").update("one\n").digest("hex");
  expect(await watch.end()).toEqual([
    {
      method: "GET",
      url: `${url}/a/b?c=d`,
      status: 200,
      bytes: 4,
      sha256,
      at: expect.any(String),
      seconds: expect.any(Number),
    },
  ]);
});

test("notes each step's requests with that step, and none when nothing was asked for", async () => {
  const url = await web((incoming, outgoing) => outgoing.end(incoming.url));
  const proxy = await openProxy();
  const first = proxy.watch(STEP);
  await proxy.get(`${url}/first`);
  expect((await first.end()).map((one) => one.url)).toEqual([`${url}/first`]);
  expect(await proxy.watch(STEP).end()).toEqual([]);
});

test("passes bodies on, and statuses that are no success", async () => {
  const url = await web(async (incoming, outgoing) => {
    const body = await text(incoming);
    outgoing.writeHead(incoming.method === "POST" ? 201 : 404, "Not Here");
    outgoing.end(body);
  });
  const proxy = await openProxy();
  const watch = proxy.watch(STEP);
  expect(await proxy.get(`${url}/p`, { method: "POST", body: "sent" })).toMatchObject({ status: 201, body: "sent" });
  expect(await proxy.get(`${url}/g`)).toMatchObject({ status: 404, words: "Not Here" });
  const noted = await watch.end();
  expect(noted.map(({ method, status, sha256 }) => [method, status, sha256])).toEqual([
    ["POST", 201, undefined],
    ["GET", 404, undefined],
  ]);
});

test("an answer that breaks off arrives broken, and is told", async () => {
  const url = await web((_incoming, outgoing) => {
    outgoing.writeHead(200, { "Content-Length": 100 });
    outgoing.write("only this", () => outgoing.destroy());
  });
  const proxy = await openProxy();
  const watch = proxy.watch(STEP);
  expect((await proxy.get(`${url}/x`)).body).toMatch(/^broken/);
  expect(await watch.end()).toMatchObject([{ status: 200, bytes: 9, trouble: expect.any(String) }]);
});

test.each([
  ["http://0.0.0.0:9/x", 502, /ECONNREFUSED/],
  ["http://no-such-host.invalid/x", 502, /no-such-host\.invalid/],
  ["ftp://example.org/x", 501, /http and https and not ftp:/],
  ["/x", 501, /no URL/],
])("what cannot be had is refused in words that programs show: %s", async (url, status, words) => {
  const proxy = await openProxy();
  const watch = proxy.watch(STEP);
  expect(await proxy.get(url)).toMatchObject({ status, words: expect.stringMatching(words) });
  expect(await watch.end()).toMatchObject([{ url, bytes: 0, trouble: expect.stringMatching(words) }]);
});

test("answers requests that come one behind another on a connection, in their order", async () => {
  let first: ServerResponse | undefined;
  const url = await web((incoming, outgoing) => {
    // The first waits for the last.
    if (incoming.url === "/1") first = outgoing;
    else outgoing.end(incoming.url);
    if (incoming.url === "/3") first?.end("/1");
  });
  const proxy = await openProxy();
  const watch = proxy.watch(STEP);
  const socket = connect(proxy.port, "127.0.0.1");
  const ask = (path: string, more = "") => `GET ${url}${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  socket.write(ask("/1") + ask("/2") + ask("/3", "Connection: close\r\n"));
  expect([...(await text(socket)).matchAll(/^\/\d/gm)].map(([path]) => path)).toEqual(["/1", "/2", "/3"]);
  expect(await watch.end()).toHaveLength(3);
});

test("a connection goes through as it is, and is noted by host and bytes", async () => {
  const echo = createTcpServer((socket) => socket.pipe(socket));
  const port = await listen(echo);
  const proxy = await openProxy();
  const watch = proxy.watch(STEP);
  const socket = connect(proxy.port, "127.0.0.1");
  socket.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\nhello`);
  expect(await saidUntil(socket, "hello")).toBe("HTTP/1.1 200 Connection established\r\n\r\nhello");
  expect(await watch.end()).toMatchObject([
    { method: "CONNECT", url: `127.0.0.1:${port}`, status: 200, bytes: 5, sent: 5 },
  ]);
});

test("a connection that cannot be made is refused", async () => {
  const proxy = await openProxy();
  const watch = proxy.watch(STEP);
  const socket = connect(proxy.port, "127.0.0.1");
  socket.write("CONNECT 0.0.0.0:9 HTTP/1.1\r\nHost: x\r\n\r\n");
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 502 .*ECONNREFUSED/);
  expect(await watch.end()).toMatchObject([{ method: "CONNECT", url: "0.0.0.0:9", trouble: expect.any(String) }]);
});

test("goes through the user's own proxy, as its user, but not where the user says so", async () => {
  const seen: unknown[] = [];
  const users = await web((incoming, outgoing) => {
    seen.push([incoming.url, incoming.headers["proxy-authorization"]]);
    outgoing.end("by proxy");
  });
  const direct = await web((_incoming, outgoing) => outgoing.end("directly"));
  const proxy = await openProxy();
  const environment = { http_proxy: users.replace("//", "//me:pass@"), no_proxy: "127.0.0.1" };
  const watch = proxy.watch({ environment, secrets: [] });
  expect(await proxy.get("http://example.invalid/x")).toMatchObject({ body: "by proxy" });
  expect(await proxy.get(`${direct}/x`)).toMatchObject({ body: "directly" });
  expect(seen).toEqual([["http://example.invalid/x", `Basic ${Buffer.from("me:pass").toString("base64")}`]]);
  expect(await watch.end()).toMatchObject([{ url: "http://example.invalid/x", status: 200 }, { status: 200 }]);
});

test("connections go through the user's own proxy too", async () => {
  const echo = createTcpServer((socket) => socket.pipe(socket));
  const port = await listen(echo);
  const users = await openProxy();
  const atUsers = users.watch(STEP);
  const proxy = await openProxy();
  const environment = { https_proxy: `http://127.0.0.1:${users.port}` };
  const watch = proxy.watch({ environment, secrets: [] });
  const socket = connect(proxy.port, "127.0.0.1");
  socket.write(`CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\nhello`);
  expect(await saidUntil(socket, "hello")).toMatch(/hello$/);
  expect(await watch.end()).toMatchObject([{ status: 200 }]);
  expect(await atUsers.end()).toMatchObject([{ url: `127.0.0.1:${port}`, status: 200 }]);
});

test("a step reaches a server of its own, and that is not noted, be it there or not", async () => {
  const own = new URL(await web((_incoming, outgoing) => outgoing.end("my own")));
  const proxy = await openProxy((port) => (port === 8000 ? connect(Number(own.port), "127.0.0.1") : undefined));
  const watch = proxy.watch(STEP);
  expect(await proxy.get("http://localhost:8000/x")).toMatchObject({ body: "my own" });
  expect(await proxy.get("http://localhost:9/x")).toMatchObject({ status: 502 });
  expect(await watch.end()).toEqual([]);
});

test("credentials and secrets are not kept", async () => {
  const url = await web((_incoming, outgoing) => outgoing.end());
  const proxy = await openProxy();
  const watch = proxy.watch({ environment: {}, secrets: ["s3cr3t"] });
  await proxy.get(`${url}/s3cr3t?token=abc`);
  expect(await watch.end()).toMatchObject([{ url: `${url}/[secret]?token=[secret]` }]);
});
