import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";

/** What a gate does with an answer of the registry behind it instead of passing it on. */
export type GateFault =
  /** Answers itself. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Passes on the whole head and so many bytes of the body, then breaks the connection. */
  | { readonly breakAfter: number }
  /** Passes on so many bytes as if they were all. */
  | { readonly truncateTo: number }
  /** Changes a byte in the middle. */
  | { readonly flip: true }
  /** Breaks the connection before any answer. */
  | { readonly hangUp: true };

export interface RegistryGate {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Requests so far, as `GET /v2/…`. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

type Choose = (request: string, count: number) => GateFault | undefined;

/** A way to a real registry on which answers go wrong; `choose` says which, by the request and how often it came. */
export async function openRegistryGate(port: number, choose: Choose): Promise<RegistryGate> {
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const name = `${incoming.method} ${incoming.url}`;
    requests.push(name);
    const fault = choose(name, requests.filter((one) => one === name).length);
    if (fault !== undefined && "hangUp" in fault) {
      incoming.socket.destroy();
      return;
    }
    if (fault !== undefined && "status" in fault) {
      incoming.resume();
      outgoing.writeHead(fault.status, fault.headers ?? {}).end(fault.body);
      return;
    }
    pass(port, incoming, outgoing, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const own = typeof address === "object" && address ? address.port : 0;
  return {
    address: `127.0.0.1:${own}`,
    requests,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function pass(
  port: number,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Extract<GateFault, { breakAfter: number } | { truncateTo: number } | { flip: true }> | undefined,
): void {
  const { method, url, headers } = incoming;
  const options = { host: "127.0.0.1", port, method, path: url, headers, agent: false as const };
  const behind = httpRequest(options, (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("error", () => outgoing.destroy());
    answer.on("end", () => {
      const body = Buffer.concat(chunks);
      const head = { ...answer.headers };
      if (fault !== undefined && "breakAfter" in fault) {
        outgoing.writeHead(answer.statusCode ?? 0, head);
        outgoing.write(body.subarray(0, fault.breakAfter), () => outgoing.destroy());
        return;
      }
      if (fault !== undefined && "flip" in fault) {
        const middle = body.length >> 1;
        body[middle] = (body[middle] ?? 0) ^ 1;
      }
      const sent = fault !== undefined && "truncateTo" in fault ? body.subarray(0, fault.truncateTo) : body;
      const length = method === "HEAD" ? head["content-length"] : String(sent.length);
      outgoing.writeHead(answer.statusCode ?? 0, {
        ...head,
        ...(length === undefined ? {} : { "content-length": length }),
      });
      outgoing.end(sent);
    });
  });
  behind.on("error", () => outgoing.destroy());
  incoming.pipe(behind);
}
