import { stripVTControlCharacters } from "node:util";
import type { BuildEvent, BuildPlan, StepLabel } from "@dibkit/runner";
import { Chalk } from "chalk";
import { createLogUpdate } from "log-update";
import type { Terminal } from "../terminal.js";

export interface BuildProgress {
  readonly show: (event: BuildEvent) => void;
  /** Takes the live line away. */
  readonly end: () => void;
}

type Finished = Extract<BuildEvent, { type: "step-finished" }>;

/** What stands between a step's columns and the reason why it runs. */
const REASON_GAP = "  ";
const STILL_RUNNING_S = 20;
const FRAME_MS = 200;

/** Where the plan counts the steps of a build, lines say which of them they are about. */
export type CountedPlan = { readonly document: Pick<BuildPlan["document"], "steps"> };

/**
 * One line per script: phase and name, element, seconds or `cached`, its number among the steps of `plan`. On a terminal
 * the running script is a live line, and no line is wider than the terminal; elsewhere a plain line every 20 seconds says
 * that it still runs.
 */
export function createBuildProgress(terminal: Terminal, verbose: boolean, plan?: CountedPlan): BuildProgress {
  const numbers = stepNumbers(plan);
  const chalk = new Chalk({ level: terminal.colorStderr ? 1 : 0 });
  // The shell after an error can take the terminal at any moment, and nothing may write over it.
  const quiet = /(^|,)after-error(,|$)/.test(terminal.env.break ?? "");
  const live = terminal.isTerminal && !verbose && !quiet ? createLogUpdate(terminal.stderr) : undefined;
  let running: { readonly label: StepLabel; readonly since: number; readonly reason?: string } | undefined;
  const print = (line: string) => {
    live?.clear();
    terminal.stderr.write(`${line}\n`);
  };
  const widest = terminal.isTerminal ? terminal.columns : undefined;
  const stepLine = (mark: string, label: StepLabel, time: string, reason?: string) => {
    const line = `${mark} ${columnsOf(label, time, numbers)}`.trimEnd();
    if (reason === undefined) return line;
    const width = stripVTControlCharacters(line).length + REASON_GAP.length + reason.length;
    return `${line}${widest === undefined || width <= widest ? REASON_GAP : "\n    "}${chalk.dim(reason)}`;
  };
  const finishedLine = (event: Finished, reason: string | undefined): string => {
    const time = `${event.seconds.toFixed(1)} s`;
    switch (event.outcome) {
      case "cached":
        return chalk.dim(stepLine("=", event.label, "cached", event.from && `from ${event.from}`));
      case "ran":
        return stepLine(chalk.green("✔"), event.label, time, reason);
      case "failed":
        return stepLine(chalk.red("✘"), event.label, time);
    }
  };
  const seconds = () => (running === undefined ? 0 : (Date.now() - running.since) / 1000);
  const timer = setInterval(
    () => {
      if (running === undefined || quiet) return;
      if (live) live(stepLine(chalk.cyan("…"), running.label, `${seconds().toFixed(0)} s`, running.reason));
      else if (!verbose && seconds() >= STILL_RUNNING_S) {
        print(stepLine("…", running.label, `still running after ${seconds().toFixed(0)} s`));
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
          if (verbose) print(stepLine("▶", event.label, "", event.reason));
          break;
        case "output":
          print(`  ${chalk.dim("│")} ${event.line}`);
          break;
        case "step-finished":
          print(finishedLine(event, running?.reason));
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
      }
    },
  };
}

/** The numbers of steps, by `phase/script`: `12/57`. */
function stepNumbers(plan: CountedPlan | undefined): ReadonlyMap<string, string> {
  const steps = plan?.document.steps ?? [];
  return new Map(steps.map((step, at) => [describe(step), `${at + 1}/${steps.length}`]));
}

/** At most 78 columns, where names are not longer than usual. */
function columnsOf(label: StepLabel, time: string, numbers: ReadonlyMap<string, string>): string {
  const name = describe(label).padEnd(40);
  const element = (label.element ?? "").padEnd(18);
  return `${name} ${element} ${time.padStart(8)}  ${numbers.get(describe(label)) ?? ""}`.trimEnd();
}

function describe({ phase, script }: Pick<StepLabel, "phase" | "script">): string {
  return `${phase}/${script}`;
}

function some(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(", ");
  return paths.length > 3 ? `${shown} and ${paths.length - 3} more` : shown;
}
