import type { Socket } from "node:net";
import { connectSocket } from "./connect-socket.js";
import { type ConsoleScreen, openConsoleScreen } from "./console-screen.js";
import { createSequenceJoiner, plainText } from "./console-text.js";

/** How waiting for a text ended. */
export type Wait =
  | { readonly found: string }
  | { readonly trouble: string }
  /** Nothing more will be printed, or the signal said that nobody waits any more. */
  | { readonly closed: true }
  | { readonly late: true }
  /** Nothing was printed for as long as it may take. */
  | { readonly quiet: true };

/** When waiting for a text ends without it. */
export interface WaitLimits {
  /** By `performance.now()`. */
  readonly untilMs: number;
  /** Since the console last printed something, or something was typed. */
  readonly quietMs: number;
  readonly signal?: AbortSignal;
}

/** The serial console of a machine: everything it prints, and a keyboard. */
export interface Console {
  /** Waits until the text after the last match has this pattern. */
  readonly waitFor: (pattern: RegExp, limits: WaitLimits) => Promise<Wait>;
  readonly type: (text: string) => void;
  /** What was printed so far is not waited for any more. */
  readonly forget: () => void;
  /** When it last printed something or something was typed, by `performance.now()`. */
  readonly lastActiveMs: () => number;
  /** Whether anything printed so far has this pattern, as far as it is kept. */
  readonly printed: (pattern: RegExp) => boolean;
  readonly screen: Pick<ConsoleScreen, "lastLines" | "currentLine">;
  readonly close: () => void;
}

export interface ConsoleWatcher {
  /** Each line as it is ended, for the whole console as a text. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** The line of the screen where something was printed last, each time that it changes. */
  readonly onCurrentLine?: ((line: string) => void) | undefined;
}

/** A processor of the machine that has done nothing else for minutes: what is short, a busy host may be to blame for. */
export const LOCKED_UP = /BUG: soft lockup - CPU#\d+ stuck for \d{3,}s.*(?=\n)/;

/** Whole lines, or prompts, after which nothing better will come. */
const HOPELESS: readonly RegExp[] = [
  LOCKED_UP,
  /Kernel panic - not syncing.*(?=\n)/,
  /You are in (rescue|emergency) mode.*(?=\n)/,
  /No bootable device.*(?=\n)/,
  // UEFI firmware comes to its shell when it found nothing else.
  /(?<=\n)Shell> ?$/,
  /error: (unknown filesystem|no such partition|file .* not found)\./,
  /(grub rescue>|\(initramfs\)) ?$/,
  /Give root password for maintenance/,
];

const KEPT_CHARACTERS = 256 * 1024;

/** Connects to QEMU's console socket as soon as QEMU has made it; undefined when `stopped` first. */
export async function openConsole(
  path: string,
  stopped: AbortSignal,
  watcher: ConsoleWatcher = {},
): Promise<Console | undefined> {
  const screen = await openConsoleScreen();
  const socket = await connectSocket(path, stopped);
  if (socket !== undefined) return createConsole(socket, screen, watcher);
  screen.close();
  return undefined;
}

function createConsole(socket: Socket, screen: ConsoleScreen, watcher: ConsoleWatcher): Console {
  let printed = "";
  let seen = 0;
  let reported = 0;
  let closed = false;
  let active = performance.now();
  const sleepers = new Set<() => void>();
  const wake = () => {
    for (const sleeper of sleepers) sleeper();
  };
  socket.setEncoding("utf8");
  const join = createSequenceJoiner();
  const showCurrentLine = currentLineWatcher(screen, watcher.onCurrentLine);
  socket.on("data", (chunk: string) => {
    active = performance.now();
    const text = join(chunk);
    screen.write(text);
    showCurrentLine();
    printed += plainText(text);
    for (let end = printed.indexOf("\n", reported); end !== -1; end = printed.indexOf("\n", reported)) {
      watcher.onLine?.(printed.slice(reported, end));
      reported = end + 1;
    }
    const surplus = Math.min(printed.length - KEPT_CHARACTERS, reported);
    if (surplus > KEPT_CHARACTERS) {
      printed = printed.slice(surplus);
      seen = Math.max(0, seen - surplus);
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
    waitFor: async (pattern, { untilMs, quietMs, signal }) => {
      for (;;) {
        if (signal?.aborted) return { closed: true };
        const result = look(pattern);
        if (result !== undefined) return result;
        const now = performance.now();
        if (now >= untilMs) return { late: true };
        if (now >= active + quietMs) return { quiet: true };
        await new Promise<void>((resolve) => {
          const go = () => {
            clearTimeout(timer);
            sleepers.delete(go);
            signal?.removeEventListener("abort", go);
            resolve();
          };
          const timer = setTimeout(go, Math.ceil(Math.min(untilMs, active + quietMs) - now));
          sleepers.add(go);
          signal?.addEventListener("abort", go);
        });
      }
    },
    type: (text) => {
      active = performance.now();
      socket.write(text);
    },
    forget: () => {
      seen = printed.length;
    },
    lastActiveMs: () => active,
    printed: (pattern) => pattern.test(printed),
    screen,
    close: () => {
      socket.destroy();
      screen.close();
    },
  };
}

/** Reads the screen once for all that came in the meantime, and tells of it when the line is another. */
function currentLineWatcher(screen: ConsoleScreen, onCurrentLine: ((line: string) => void) | undefined): () => void {
  let reading = false;
  let last = "";
  return () => {
    if (onCurrentLine === undefined || reading) return;
    reading = true;
    void screen.currentLine().then((line) => {
      reading = false;
      if (line === last || line === "") return;
      last = line;
      onCurrentLine(line);
    });
  };
}
