import { connect, type Socket } from "node:net";

/** Connects to a socket of QEMU as soon as QEMU has made it; undefined when `stopped` first. */
export async function connectSocket(path: string, stopped: AbortSignal): Promise<Socket | undefined> {
  while (!stopped.aborted) {
    const socket = await tryConnect(path);
    if (socket !== undefined) return socket;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}

function tryConnect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(socket));
    socket.once("error", () => resolve(undefined));
  });
}
