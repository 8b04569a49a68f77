import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connect, type Socket } from "node:net";
import { withoutBrackets } from "./forward-request.js";
import { proxyAuthorization } from "./upstream-proxy.js";

/** A connection to `host:port`, through the user's own proxy when there is one; rejects with the system's error. */
export async function dial(authority: string, proxy: URL | undefined): Promise<Socket> {
  if (proxy === undefined) {
    const { hostname, port } = new URL(`tcp://${authority}`);
    return connected(connect(Number(port), withoutBrackets(hostname)));
  }
  return new Promise((resolve, reject) => {
    const { protocol, hostname, port } = proxy;
    const request = protocol === "https:" ? requestHttps : requestHttp;
    const headers = { Host: authority, ...proxyAuthorization(proxy) };
    const asked = request({ hostname: withoutBrackets(hostname), port, method: "CONNECT", path: authority, headers });
    asked.once("error", reject);
    asked.once("connect", ({ statusCode, statusMessage }, socket: Socket, head: Buffer) => {
      if (statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${statusCode} ${statusMessage}`));
    });
    asked.end();
  });
}

function connected(socket: Socket): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

/** Joins two connections until both have ended; `done` is called then. What one has sent before its end still arrives. */
export function join(one: Socket, other: Socket, done: () => void): void {
  let open = 2;
  const link = (from: Socket, to: Socket) => {
    // What went wrong is told by the close that follows.
    from.on("error", () => undefined);
    from.once("close", () => {
      to.destroySoon();
      open -= 1;
      if (open === 0) done();
    });
    from.pipe(to);
  };
  link(one, other);
  link(other, one);
}
