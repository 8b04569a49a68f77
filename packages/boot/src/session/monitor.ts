import type { Socket } from "node:net";
import { err, ok, type Result } from "@dibkit/model";
import { takeLines } from "./socket-lines.js";

/** QEMU's own monitor, in its JSON protocol (QMP). */
export interface Monitor {
  /** What the command returns, or what QEMU says against it. */
  readonly execute: (command: string, words?: Readonly<Record<string, unknown>>) => Promise<Result<unknown, string>>;
  readonly close: () => void;
}

/** An event of QEMU, such as `VSERPORT_CHANGE` when the machine opens or closes a port. */
export interface MonitorEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

type Message = Partial<MonitorEvent> & {
  readonly id?: number;
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
};

export function openMonitor(socket: Socket, onEvent: (event: MonitorEvent) => void): Monitor {
  const open = new Map<number, (result: Result<unknown, string>) => void>();
  let last = 0;
  socket.on("close", () => {
    for (const settle of open.values()) settle(err("QEMU has ended"));
    open.clear();
  });
  takeLines(socket, (line) => {
    const { id, event, data, error, return: value } = JSON.parse(line) as Message;
    if (event !== undefined) onEvent({ event, ...(data === undefined ? {} : { data }) });
    if (id === undefined) return;
    open.get(id)?.(error === undefined ? ok(value) : err(error.desc));
    open.delete(id);
  });
  const execute: Monitor["execute"] = (command, words = {}) =>
    new Promise((resolve) => {
      if (socket.destroyed) return resolve(err("QEMU has ended"));
      last += 1;
      open.set(last, resolve);
      socket.write(`${JSON.stringify({ execute: command, arguments: words, id: last })}\n`);
    });
  // Nothing else is taken before; the answers come in order.
  void execute("qmp_capabilities");
  return { execute, close: () => socket.destroy() };
}
