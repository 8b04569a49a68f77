import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Seed of cloud-init's data source NoCloud, served to a machine. */
export interface CloudInitSeed {
  /** What the machine must have as its serial number to look for the seed. */
  readonly serialNumber: string;
  readonly close: () => void;
}

/** Serves files on a free port of this machine alone; QEMU lets the guest reach it at 10.0.2.2. */
export async function serveSeed(files: Readonly<Record<string, string>>): Promise<CloudInitSeed> {
  const seed: Readonly<Record<string, string>> = { "meta-data": `instance-id: dibkit-${randomUUID()}\n`, ...files };
  const server = createServer((request, response) => {
    const text = seed[request.url?.slice(1) ?? ""];
    response.statusCode = text === undefined ? 404 : 200;
    response.end(text);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    serialNumber: `ds=nocloud-net;s=http://10.0.2.2:${port}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
