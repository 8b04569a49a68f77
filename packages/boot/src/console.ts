import { connect, type Socket } from "node:net";
import { stripVTControlCharacters } from "node:util";

/** How waiting for a text ended. */
export type Wait =
  | { readonly found: string }
  | { readonly trouble: string }
  | { readonly closed: true }
  | { readonly late: true };

/** The serial console of a machine: everything it prints, and a keyboard. */
export interface Console {
  /** Waits until the text after the last match has this pattern. */
  readonly waitFor: (pattern: RegExp, untilMs: number) => Promise<Wait>;
  readonly type: (text: string) => void;
  /** The last lines printed, colours and control characters removed. */
  readonly lastLines: (count: number) => readonly string[];
  readonly close: () => void;
}

/** Whole lines, or prompts, after which nothing better will come. */
const HOPELESS: readonly RegExp[] = [
  /Kernel panic - not syncing.*(?=\n)/,
  /You are in (rescue|emergency) mode.*(?=\n)/,
  /No bootable device.*(?=\n)/,
  /error: (unknown filesystem|no such partition|file .* not found)\./,
  /(grub rescue>|\(initramfs\)) ?$/,
  /Give root password for maintenance/,
];

const ESCAPE = "\u001b";
const UNFINISHED_SEQUENCE = new RegExp(`(${ESCAPE}[^a-zA-Z~@]{0,31}|\\r)$`);

const KEPT_CHARACTERS = 256 * 1024;

/** Connects to QEMU's console socket as soon as QEMU has made it; undefined when `stopped` first. */
export async function openConsole(
  path: string,
  stopped: AbortSignal,
  onLine?: (line: string) => void,
): Promise<Console | undefined> {
  while (!stopped.aborted) {
    const socket = await tryConnect(path);
    if (socket !== undefined) return createConsole(socket, onLine);
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

function createConsole(socket: Socket, onLine?: (line: string) => void): Console {
  let printed = "";
  let seen = 0;
  let reported = 0;
  let closed = false;
  let wake: () => void = () => {};
  socket.setEncoding("utf8");
  let held = "";
  socket.on("data", (chunk: string) => {
    // A control sequence cut between chunks is held back until the rest of it is there.
    const text = held + chunk;
    const cut = UNFINISHED_SEQUENCE.exec(text)?.index ?? text.length;
    held = text.slice(cut);
    printed += clean(text.slice(0, cut));
    for (let end = printed.indexOf("\n", reported); end !== -1; end = printed.indexOf("\n", reported)) {
      onLine?.(printed.slice(reported, end));
      reported = end + 1;
    }
    const surplus = Math.min(printed.length - KEPT_CHARACTERS, seen, reported);
    if (surplus > KEPT_CHARACTERS) {
      printed = printed.slice(surplus);
      seen -= surplus;
      reported -= surplus;
    }
    wake();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    closed = true;
    wake();
  });
  const look = (pattern: RegExp): Wait | undefined => {
    const fresh = printed.slice(seen);
    const match = pattern.exec(fresh);
    if (match !== null) {
      seen += match.index + match[0].length;
      return { found: match[0] };
    }
    const trouble = HOPELESS.map((sign) => sign.exec(fresh)?.[0]).find((text) => text !== undefined);
    if (trouble !== undefined) return { trouble: trouble.trim() };
    return closed ? { closed: true } : undefined;
  };
  return {
    waitFor: async (pattern, untilMs) => {
      for (;;) {
        const result = look(pattern);
        if (result !== undefined) return result;
        const left = untilMs - performance.now();
        if (left <= 0) return { late: true };
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    type: (text) => socket.write(text),
    lastLines: (count) =>
      printed
        .split("\n")
        .map((line) => line.trimEnd())
        .filter((line) => line !== "")
        .slice(-count),
    close: () => socket.destroy(),
  };
}

/** Text without colours, cursor movements and other control characters, lines ended by a line feed. */
function clean(text: string): string {
  const shown = (character: string) => character >= " " || "\t\n\r".includes(character);
  return [...stripVTControlCharacters(text)].filter(shown).join("").replaceAll(/\r+\n/g, "\n");
}
