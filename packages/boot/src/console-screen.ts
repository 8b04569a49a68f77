import type { Terminal } from "@xterm/headless";
import { readableLine } from "./console-text.js";

/** What a person at the console sees: cursor movements are carried out, not shown. */
export interface ConsoleScreen {
  /** Takes text in which no control sequence is cut off. */
  readonly write: (text: string) => void;
  /** The last lines that can be read, oldest first, with what has scrolled away or was wiped; blank ones and frames left out. */
  readonly lastLines: (count: number) => Promise<readonly string[]>;
  /** The line where something was printed last. */
  readonly currentLine: () => Promise<string>;
  readonly close: () => void;
}

/** What firmware and boot loaders take a console for. */
const SIZE = { cols: 80, rows: 25 };
const SCROLLBACK_LINES = 500;

const ESCAPE = "\u001b";
/** SeaBIOS leaves wrapping switched off for the kernel after it, whose long lines would then end at the edge. */
const WRAP_OFF = new RegExp(`${ESCAPE}\\[\\?7l`, "g");
/** Ways to wipe the screen; in the one that replaces them what is wiped can still be scrolled back to. */
const WIPES = new RegExp(`${ESCAPE}(c|\\[H${ESCAPE}\\[0?J)`, "g");

export async function openConsoleScreen(): Promise<ConsoleScreen> {
  // It is loaded when something boots, as its 150 KiB would make every other command slower.
  const { default: xterm } = await import("@xterm/headless");
  const terminal = new xterm.Terminal({
    ...SIZE,
    scrollback: SCROLLBACK_LINES,
    allowProposedApi: true,
    convertEol: true,
    scrollOnEraseInDisplay: true,
    // systemd cuts long lines in the middle of a control sequence, of which xterm would tell the user at length.
    logLevel: "off",
  });
  const settled = () => new Promise<void>((resolve) => terminal.write("", resolve));
  return {
    write: (text) => terminal.write(text.replaceAll(WRAP_OFF, "").replaceAll(WIPES, `${ESCAPE}[2J${ESCAPE}[H`)),
    async lastLines(count) {
      await settled();
      return readableLines(terminal, terminal.buffer.active.length).slice(-count);
    },
    async currentLine() {
      await settled();
      const { baseY, cursorY } = terminal.buffer.active;
      return readableLines(terminal, baseY + cursorY + 1).at(-1) ?? "";
    },
    close: () => terminal.dispose(),
  };
}

/** The lines before line `end`, those that were wrapped as one. */
function readableLines({ buffer }: Terminal, end: number): readonly string[] {
  const lines: string[] = [];
  for (let index = 0; index < end; index++) {
    const line = buffer.active.getLine(index);
    const text = line?.translateToString(true) ?? "";
    if (line?.isWrapped && lines.length > 0) lines.push(`${lines.pop()}${text}`);
    else lines.push(text);
  }
  return lines.map(readableLine).filter((line) => line !== "");
}
