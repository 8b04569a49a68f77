// A mirror that is gone in the middle of a download: closed, or silent.

import { rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { hurt } from "./hurt.mjs";
import { debian } from "./place.mjs";

/** Stands before a mirror, and goes away after some bytes: `closes` the connection and all later ones, or `hangs`. */
async function openMirror(upstream, limit, how) {
  let left = limit;
  const sockets = new Set();
  const server = createServer((asked, answer) => {
    const url = asked.url.startsWith("http")
      ? new URL(asked.url)
      : new URL(`${upstream.replace(/\/$/, "")}${asked.url}`);
    const headers = { ...asked.headers, host: url.host };
    const forward = request(url, { method: asked.method, headers }, (reply) => {
      answer.writeHead(reply.statusCode, reply.headers);
      reply.on("data", (piece) => {
        left -= piece.length;
        if (left > 0) {
          if (!answer.write(piece)) {
            reply.pause();
            answer.once("drain", () => reply.resume());
          }
        } else if (how === "closes") asked.socket.destroy();
      });
      reply.on("end", () => left > 0 && answer.end());
    });
    forward.on("error", () => asked.socket.destroy());
    forward.end();
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    if (left <= 0 && how === "closes") socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An element that installs a package through a proxy that the environment names. */
export const FETCH = {
  "install.d/97-fetch": `#!/bin/bash
set -eu
echo "fetching $DIB_FAULTS_PACKAGE, round $DIB_FAULTS_ROUND"
options=(-o Acquire::Retries=0 -o Acquire::http::Timeout=5)
[ -z "$DIB_FAULTS_PROXY" ] || options+=(-o "Acquire::http::Proxy=$DIB_FAULTS_PROXY")
apt-get "\${options[@]}" -o APT::Update::Error-Mode=any update
apt-get "\${options[@]}" -y install $DIB_FAULTS_PACKAGE
`,
};

export const fetching = (proxy, round, wanted = "tree") => ({
  DIB_FAULTS_PROXY: proxy,
  DIB_FAULTS_ROUND: String(round),
  DIB_FAULTS_PACKAGE: wanted,
});

const WAYS = [
  { name: "apt, closed after 100 kB", how: "closes", limit: 100_000 },
  { name: "apt, closed after 3 MB", how: "closes", limit: 3_000_000, wanted: "vim" },
  { name: "apt, silent after 1 MB", how: "hangs", limit: 1_000_000, wanted: "gdb" },
];

/** Gives a row for each way in which the mirror goes. */
export async function* goneMirrors(place) {
  place.element("fetch", FETCH);
  for (const [index, { name, how, limit, wanted }] of WAYS.entries()) {
    const mirror = await openMirror(debian().environment.DIB_DISTRIBUTION_MIRROR, limit, how);
    const round = `${index}-${Date.now()}`;
    yield await hurt(place, {
      name,
      build: { elements: ["fetch"], image: "fetch", env: fetching(mirror.url, round, wanted) },
      expected: [3],
      saying: /install\.d\/97-fetch of element "fetch" failed/,
      harm: async (run) => {
        await run.ended;
        await mirror.close();
        return { next: { env: fetching("", round, wanted) } };
      },
    });
  }
  const mirror = await openMirror(debian().environment.DIB_DISTRIBUTION_MIRROR, 5_000_000, "closes");
  rmSync(place.path("mirror-store"), { recursive: true, force: true });
  yield await hurt(place, {
    name: "debootstrap, closed after 5 MB",
    build: { store: "mirror-store", image: "mirror", env: { DIB_DISTRIBUTION_MIRROR: mirror.url } },
    expected: [3],
    saying: /root\.d\/08-debootstrap of element "debootstrap" failed/,
    harm: async (run) => {
      await run.ended;
      await mirror.close();
    },
    // A whole Debian from nothing takes minutes, and the parts before this one have built it.
    next: false,
  });
  rmSync(place.path("mirror-store"), { recursive: true, force: true });
}
