import { createLogUpdate } from "log-update";
import type { Terminal } from "./terminal.js";

export interface BootProgress {
  /** The line of the console that was printed to last. */
  readonly line: (line: string) => void;
  /** Prints a line of its own. */
  readonly print: (line: string) => void;
  /** Takes the live line away. */
  readonly end: () => void;
}

const FRAME_MS = 200;
const PLAIN_SECONDS = 15;

/**
 * The seconds since the boot began and the last line of the console: one live line on a terminal, a plain line every 15
 * seconds elsewhere. Silent when the whole console is shown.
 */
export function createBootProgress(terminal: Terminal, verbose: boolean): BootProgress {
  const live = terminal.isTerminal && !verbose ? createLogUpdate(terminal.stderr) : undefined;
  const started = performance.now();
  let current = "the console shows nothing yet";
  const text = () => progressLine((performance.now() - started) / 1000, current, terminal.columns);
  const show = () => (live ? live(text()) : void terminal.stderr.write(`${text()}\n`));
  const timer = verbose ? undefined : setInterval(show, live ? FRAME_MS : PLAIN_SECONDS * 1000);
  return {
    line: (line) => {
      current = line;
    },
    print: (line) => {
      live?.clear();
      terminal.stderr.write(`${line}\n`);
    },
    end: () => {
      clearInterval(timer);
      live?.clear();
      live?.done();
    },
  };
}

/** One line that fits the terminal: the seconds, as wide as those of the checks, and what the console shows. */
export function progressLine(seconds: number, line: string, columns: number): string {
  const text = `${seconds.toFixed(0).padStart(6)} s  … ${line}`;
  const characters = [...text];
  // A terminal breaks a line that fills it to the edge.
  return characters.length < columns ? text : `${characters.slice(0, Math.max(0, columns - 2)).join("")}…`;
}
