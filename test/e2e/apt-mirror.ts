import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { aptRepository, type MadePackage } from "../apt-repository.js";

/** A flat repository of apt on loopback. */
export interface AptMirror {
  readonly url: string;
  /** Serves these packages alone from now on. */
  offer(packages: readonly MadePackage[]): void;
  close(): void;
}

export async function openAptMirror(directory: string): Promise<AptMirror> {
  const served = join(directory, "served");
  mkdirSync(served, { recursive: true });
  const server: Server = createServer(({ url = "/" }, response) => {
    try {
      response.end(readFileSync(join(served, new URL(url, "http://x").pathname)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    offer(packages) {
      for (const [name, bytes] of Object.entries(aptRepository(directory, packages)))
        writeFileSync(join(served, name), bytes);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
