import type { Socket } from "node:net";
import { createInterface } from "node:readline";

/** Takes each line that comes through a socket. Trouble with the socket is its end, which its event `close` tells of. */
export function takeLines(socket: Socket, take: (line: string) => void): void {
  socket.on("error", () => {});
  // An interface tells of trouble with its socket again.
  createInterface({ input: socket })
    .on("line", take)
    .on("error", () => {});
}
