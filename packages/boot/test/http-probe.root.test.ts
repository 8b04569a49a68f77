import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseHttpProbe, probeHttp } from "../src/http-probe.js";

it.each([
  ["80", { guestPort: 80, path: "/" }],
  ["8080/index.html", { guestPort: 8080, path: "/index.html" }],
  ["80/=It works = yes", { guestPort: 80, path: "/", text: "It works = yes" }],
  ["80=nginx", { guestPort: 80, path: "/", text: "nginx" }],
  ["0", undefined],
  ["70000", undefined],
  ["http://x", undefined],
])("parses %s", (text, probe) => {
  expect(parseHttpProbe(text)).toEqual(probe);
});

const server = createServer((request, response) => {
  response.statusCode = request.url === "/missing" ? 404 : 200;
  response.end(`you asked for ${request.url}`);
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => server.close());

it.concurrent.each([
  ["/", undefined, { ok: true, status: 200, body: "you asked for /" }],
  ["/a", "asked for /a", { ok: true, status: 200, body: "you asked for /a" }],
  ["/missing", undefined, { ok: false, answered: true, reason: "status 404" }],
  [
    "/b",
    "nginx",
    { ok: false, answered: true, reason: 'the answer does not contain "nginx" but begins "you asked for /b"' },
  ],
])("asks for %s with %s", async (path, text, expected) => {
  const probe = { guestPort: 80, path, ...(text === undefined ? {} : { text }) };
  const { port } = server.address() as AddressInfo;
  expect(
    await probeHttp(probe, port, performance.now() + (expected.ok ? 30_000 : 5000), new AbortController().signal),
  ).toEqual(expected);
});
