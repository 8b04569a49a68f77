import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lockedInstead } from "../../src/host/network/locked-instead.js";
import { type BuildLock, FETCH_KINDS, fetchKind, type LockedRequest } from "../../src/job/build-lock.js";
import { openProxy, STEP, web } from "./open-proxy.js";

let contents = "";
beforeAll(() => {
  contents = mkdtempSync(join(tmpdir(), "dibkit-contents-"));
});
afterAll(() => rmSync(contents, { recursive: true, force: true }));

const digest = (words: string) => createHash("sha256").update(words).digest("hex");

/** A lock of answers to GET by URL; their bytes are kept unless they are `gone`. */
function lockOf(answers: Readonly<Record<string, string>>, gone = false): BuildLock {
  const requests = Object.entries(answers).map(([url, words]): LockedRequest => {
    if (!gone) writeFileSync(join(contents, digest(words)), words);
    return { method: "GET", url, status: 200, size: words.length, sha256: digest(words) };
  });
  return { requests, free: [], refetch: false, contents };
}

const making = (): BuildLock => ({ requests: [], free: FETCH_KINDS, refetch: false, contents });

test("a build that makes a lock asks for whole answers, keeps them, and notes what a lock needs", async () => {
  const asked: unknown[] = [];
  const url = await web(async (incoming, outgoing) => {
    const { range, "if-modified-since": since, "accept-encoding": encoding, accept } = incoming.headers;
    asked.push([range, since, encoding, accept]);
    if (incoming.url === "/moved") return void outgoing.writeHead(302, { Location: "/a?token=hidden" }).end();
    outgoing.writeHead(200, {
      "Content-Type": "text/x",
      "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT",
      "X-Other": "x",
    });
    outgoing.end(incoming.method === "POST" ? await text(incoming) : "whole");
  });
  const proxy = await openProxy(undefined, making());
  const watch = proxy.watch(STEP);
  const headers = { Range: "bytes=2-", "If-Modified-Since": "x", "Accept-Encoding": "gzip", Accept: "text/x" };
  expect(await proxy.get(`${url}/a`, { headers })).toMatchObject({ status: 200, body: "whole" });
  await proxy.get(`${url}/a`, { method: "POST", body: "sent" });
  await proxy.get(`${url}/moved`);
  const telling = { "content-type": "text/x", "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT" };
  expect(await watch.end()).toMatchObject([
    { method: "GET", sha256: digest("whole"), headers: telling },
    { method: "POST", sha256: digest("sent"), body: digest("sent") },
    { status: 302, headers: { location: expect.stringContaining("/a") } },
  ]);
  expect(asked[0]).toEqual([undefined, undefined, undefined, "text/x"]);
  expect(readFileSync(join(contents, digest("whole")), "utf8")).toBe("whole");
  expect(readdirSync(contents).filter((name) => name.endsWith(".partial"))).toEqual([]);
});

test("an answer that breaks off is not kept", async () => {
  const url = await web((_incoming, outgoing) => {
    outgoing.writeHead(200, { "Content-Length": 100 });
    outgoing.write("a part", () => outgoing.destroy());
  });
  const proxy = await openProxy(undefined, making());
  const watch = proxy.watch(STEP);
  await proxy.get(`${url}/x`);
  expect(await watch.end()).toMatchObject([{ trouble: expect.any(String) }]);
  expect(existsSync(join(contents, digest("a part")))).toBe(false);
  expect(readdirSync(contents).filter((name) => name.endsWith(".partial"))).toEqual([]);
});

test("a locked answer is given as it was, also to HEAD, and what is not in the lock is refused", async () => {
  const url = "http://mirror.example.org/pool/nginx_1_all.deb";
  const proxy = await openProxy(undefined, lockOf({ [url]: "one" }));
  const watch = proxy.watch(STEP);
  expect(await proxy.get(url, { headers: { "If-Modified-Since": "x" } })).toMatchObject({ status: 200, body: "one" });
  expect(await proxy.get(url, { method: "HEAD" })).toMatchObject({ status: 200, headers: { "content-length": "3" } });
  const other = url.replace("_1_", "_2_");
  expect(await proxy.get(other)).toMatchObject({ status: 403, words: "the lock does not have it" });
  expect(await watch.end()).toMatchObject([
    { url, sha256: digest("one") },
    { method: "HEAD", status: 200 },
    { url: other, trouble: "the lock does not have it", refused: `the lock has ${url} instead` },
  ]);
});

test("bytes that are gone or damaged are refused before a script gets any of them", async () => {
  const url = "http://mirror.invalid/x";
  for (const [words, damage, told] of [
    ["never kept", undefined, "are not on this machine"],
    ["kept once", "something else", "are damaged on this machine"],
  ] as const) {
    const lock = lockOf({ [url]: words }, damage === undefined);
    if (damage !== undefined) writeFileSync(join(contents, digest(words)), damage);
    const proxy = await openProxy(undefined, lock);
    const watch = proxy.watch(STEP);
    expect(await proxy.get(url)).toMatchObject({ status: 403 });
    const [one] = await watch.end();
    expect(one?.trouble).toContain(told);
    expect(one?.refused).toContain(digest(words));
  }
});

test("bytes that the lock names are fetched where they are missing, if they are still the same", async () => {
  let words = "still the same";
  const url = `${await web((_incoming, outgoing) => outgoing.end(words))}/x`;
  const proxy = await openProxy(undefined, lockOf({ [url]: words }, true));
  expect(await proxy.get(url)).toMatchObject({ status: 200, body: words });
  expect(readFileSync(join(contents, digest(words)), "utf8")).toBe(words);
  rmSync(join(contents, digest(words)));
  words = "something else";
  const watch = proxy.watch(STEP);
  expect(await proxy.get(url)).toMatchObject({ status: 403, words: expect.stringContaining("has other bytes now") });
  expect(await watch.end()).toMatchObject([{ refused: expect.stringContaining("copy ") }]);
  expect(readdirSync(contents).filter((name) => name.endsWith(".partial"))).toEqual([]);
});

test("a connection of TLS is refused, and why", async () => {
  const proxy = await openProxy(undefined, lockOf({ "http://mirror.example.org/x": "x" }));
  const watch = proxy.watch(STEP);
  const socket = connect(proxy.port, "127.0.0.1");
  socket.write("CONNECT pypi.example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n");
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 the lock does not have it/);
  expect(await watch.end()).toMatchObject([{ refused: expect.stringContaining("connection of TLS cannot be kept") }]);
});

test("a step that waits for its own server is not refused anything", async () => {
  const proxy = await openProxy(undefined, lockOf({ "http://127.0.0.1:9/x": "x" }));
  const watch = proxy.watch(STEP);
  await proxy.get("http://localhost:8765/ready");
  await proxy.get("http://127.0.0.1:9/other");
  expect(await watch.end()).toMatchObject([{ url: "http://127.0.0.1:9/other", refused: expect.any(String) }]);
});

test.each([
  ["http://m/debian/pool/main/n/nginx/nginx_1.22.1-9_amd64.deb", "apt"],
  ["http://m/debian/dists/bookworm/InRelease", "apt"],
  ["http://m/apt/Packages.xz", "apt"],
  ["http://m/fedora/repodata/repomd.xml", "rpm"],
  ["http://m/fedora/bash-5.2-1.x86_64.rpm", "rpm"],
  ["http://m/x.git/info/refs?service=git-upload-pack", "git"],
  ["http://m/simple/pip/", "python"],
  ["http://m/pip-24.0-py3-none-any.whl", "python"],
  ["http://m/cloud/debian.qcow2", "file"],
])("%s is of the kind %s", (url, kind) => {
  expect(fetchKind(url)).toBe(kind);
});

test.each([
  ["http://m/pool/nginx_2_all.deb", "the lock has http://m/pool/nginx_1_all.deb instead"],
  ["http://other/nginx_1_all.deb", "the lock has http://m/pool/nginx_1_all.deb instead"],
  ["http://m/curl-8.2.tar.gz", "the lock has http://m/curl-8.1.tar.gz instead"],
  ["http://m/unknown", "of m the lock has 2 others, such as http://m/curl-8.1.tar.gz"],
  ["http://elsewhere/unknown", "the lock has nothing from elsewhere"],
])("of %s it is said what the lock has instead", (url, words) => {
  const requests = ["http://m/curl-8.1.tar.gz", "http://m/pool/nginx_1_all.deb"].map(
    (known): LockedRequest => ({ method: "GET", url: known, status: 200, size: 1 }),
  );
  expect(lockedInstead({ requests }, "GET", url)).toBe(words);
});
