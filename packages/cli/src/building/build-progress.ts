import type { BuildEvent, StepLabel } from "@dibkit/runner";
import { Chalk, type ChalkInstance } from "chalk";
import { createLogUpdate } from "log-update";
import type { Terminal } from "../terminal.js";

export interface BuildProgress {
  readonly show: (event: BuildEvent) => void;
  /** Takes the live line away. */
  readonly end: () => void;
}

const STILL_RUNNING_S = 20;
const FRAME_MS = 200;

/**
 * One line per script: phase and name, element, seconds or `cached`. On a terminal the running script is a live line;
 * elsewhere a plain line every 20 seconds says that it still runs.
 */
export function createBuildProgress(terminal: Terminal, verbose: boolean): BuildProgress {
  const chalk = new Chalk({ level: terminal.colorStderr ? 1 : 0 });
  // The shell after an error can take the terminal at any moment, and nothing may write over it.
  const quiet = /(^|,)after-error(,|$)/.test(terminal.env.break ?? "");
  const live = terminal.isTerminal && !verbose && !quiet ? createLogUpdate(terminal.stderr) : undefined;
  let running: { readonly label: StepLabel; readonly since: number; readonly reason?: string } | undefined;
  const print = (line: string) => {
    live?.clear();
    terminal.stderr.write(`${line}\n`);
  };
  const seconds = () => (running === undefined ? 0 : (Date.now() - running.since) / 1000);
  const timer = setInterval(
    () => {
      if (running === undefined || quiet) return;
      if (live) live(stepLine(chalk, chalk.cyan("…"), running.label, `${seconds().toFixed(0)} s`, running.reason));
      else if (!verbose && seconds() >= STILL_RUNNING_S) {
        print(stepLine(chalk, "…", running.label, `still running after ${seconds().toFixed(0)} s`));
      }
    },
    live ? FRAME_MS : STILL_RUNNING_S * 1000,
  );
  timer.unref();
  return {
    end() {
      clearInterval(timer);
      live?.clear();
    },
    show(event) {
      switch (event.type) {
        case "step-started":
          // A break point's shell has the terminal.
          if (event.label.phase === "break") break;
          running = {
            label: event.label,
            since: Date.now(),
            ...(event.reason === undefined ? {} : { reason: event.reason }),
          };
          if (verbose) print(stepLine(chalk, "▶", event.label, "", event.reason));
          break;
        case "output":
          print(`  ${chalk.dim("│")} ${event.line}`);
          break;
        case "step-finished":
          print(finishedLine(chalk, event, running?.reason));
          running = undefined;
          break;
        case "stray-write":
          print(
            `${chalk.yellow("!")} ${describe(event.label)} wrote to the host, which was thrown away: ${some(event.paths)}`,
          );
          break;
        case "output-written":
          print(`${chalk.green("✔")} ${event.path} (${(event.bytes / 1024 ** 2).toFixed(0)} MiB)`);
          break;
        case "warning":
          print(`${chalk.yellow("warning:")} ${event.message}`);
          break;
        case "note":
          print(chalk.dim(event.message));
          break;
        case "started":
          break;
      }
    },
  };
}

type Finished = Extract<BuildEvent, { type: "step-finished" }>;

function finishedLine(chalk: ChalkInstance, event: Finished, reason: string | undefined): string {
  const time = `${event.seconds.toFixed(1)} s`;
  switch (event.outcome) {
    case "cached":
      return chalk.dim(stepLine(chalk, "=", event.label, "cached", event.from && `from ${event.from}`));
    case "ran":
      return stepLine(chalk, chalk.green("✔"), event.label, time, reason);
    case "failed":
      return stepLine(chalk, chalk.red("✘"), event.label, time);
  }
}

function stepLine(chalk: ChalkInstance, mark: string, label: StepLabel, time: string, reason?: string): string {
  const name = describe(label).padEnd(44);
  const element = (label.element ?? "").padEnd(22);
  return `${mark} ${name} ${element} ${time.padStart(8)}${reason ? chalk.dim(`  ${reason}`) : ""}`.trimEnd();
}

function describe(label: StepLabel): string {
  return `${label.phase}/${label.script}`;
}

function some(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(", ");
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}
