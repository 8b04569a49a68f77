#!/usr/bin/env node
// Serves a directory over HTTP on 127.0.0.1, which is all an ostree repository needs: `serve.mjs DIRECTORY [PORT]`.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { join, normalize, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Starts the server; port 0 takes a free one. The address is `server.address()`.
 *
 * @param {string} directory
 * @param {number} [port]
 * @returns {Promise<import("node:http").Server>}
 */
export function serveDirectory(directory, port = 0) {
  const root = resolve(directory);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    const path = join(root, normalize(decodeURIComponent(pathname)));
    const size = sizeOf(path);
    if (size === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-length": size, "content-type": "application/octet-stream" });
    if (request.method === "HEAD") response.end();
    else createReadStream(path).pipe(response);
  });
  // A machine that is slow, as in emulation, may ask again just when an idle connection is closed.
  server.keepAliveTimeout = 0;
  return new Promise((done, failed) => {
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => done(server));
  });
}

/** @param {string} path */
function sizeOf(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats.size : undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [directory, port = "8080"] = process.argv.slice(2);
  if (directory === undefined) {
    console.error("usage: serve.mjs DIRECTORY [PORT]");
    process.exitCode = 2;
  } else {
    await serveDirectory(directory, Number(port));
    console.log(`serving ${resolve(directory)} on http://127.0.0.1:${port}/`);
  }
}
