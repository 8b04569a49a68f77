import { connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

export interface GateOptions {
  /** After this many bytes towards the service, once, nothing more of that connection passes and `onHeld` is called. */
  readonly holdAfter?: number;
  readonly onHeld?: () => unknown;
  /** Speak TLS to the client; the service behind stays plain. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface Gate {
  /** `http://127.0.0.1:PORT`, or https. */
  readonly url: string;
  close(): Promise<void>;
}

/** A way to a service on loopback that can stop a transfer at an exact byte, so that a test never races with it. */
export async function openGate(targetPort: number, options: GateOptions = {}): Promise<Gate> {
  const sockets = new Set<Socket>();
  let left = options.holdAfter ?? Number.POSITIVE_INFINITY;
  const pass = (client: Socket) => {
    const service = connect(targetPort, "127.0.0.1");
    for (const [one, other] of [
      [client, service],
      [service, client],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    service.pipe(client);
    client.on("data", (piece: Buffer) => {
      left -= piece.length;
      if (!service.write(piece)) {
        client.pause();
        service.once("drain", () => client.resume());
      }
      if (left > 0 || !Number.isFinite(left)) return;
      left = Number.POSITIVE_INFINITY;
      client.removeAllListeners("data");
      client.pause();
      // What still comes afterwards is thrown away, else the end of the connection would never be seen behind it.
      void Promise.resolve(options.onHeld?.()).then(() => client.on("data", () => {}).resume());
    });
  };
  const server: Server = options.tls ? createTlsServer(options.tls, pass) : createServer(pass);
  // A client that distrusts the certificate hangs up during the handshake.
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
