import type { Accelerator } from "./accelerator/accelerator.js";
import type { BootFailure } from "./boot-failure.js";
import type { BootCheck, BootOptions } from "./boot-options.js";
import { type Console, LOCKED_UP, type Wait, type WaitLimits } from "./console.js";
import { describeProbe, type HttpProbe, probeHttp } from "./http-probe.js";
import type { MachineSettings } from "./qemu-arguments.js";

/** A machine that runs, and what it is watched for. */
export interface Watch {
  readonly settings: MachineSettings;
  readonly options: BootOptions;
  readonly console: Console;
  /** Times by `performance.now()`. */
  readonly startedMs: number;
  readonly untilMs: number;
  /** Aborted when QEMU has ended. */
  readonly stopped: AbortSignal;
  /** Whether it can be started again when its accelerator hangs it. */
  readonly mayHang: boolean;
  readonly checks: BootCheck[];
}

/** How many lines of the console a failure shows. */
export const SHOWN_LINES = 15;

export const secondsSince = (startedMs: number) => (performance.now() - startedMs) / 1000;

/**
 * Undefined when all came; `stopped` when QEMU ended; `hung` when its accelerator hangs the machine; `locked-up` when one
 * of several emulated processors hangs, which QEMU brings about when another one changes the kernel's code.
 */
export type Ending = BootFailure | "stopped" | "hung" | "locked-up" | undefined;

/** Waits for what the options name, in order. */
export async function runChecks(watch: Watch): Promise<Ending> {
  const { options, console } = watch;
  const first = await expectText(watch, options.pattern ?? /login:/, watch.mayHang);
  if (first !== undefined) return first;
  for (const { send, expect } of options.exchanges ?? []) {
    console.type(`${send}\r`);
    const failure = await expectText(watch, expect, false);
    if (failure !== undefined) return failure;
  }
  for (const [index, probe] of (options.http ?? []).entries()) {
    const failure = await expectAnswer(watch, probe, watch.settings.forwards[index]?.hostPort ?? 0);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** The kernel's clock is past its first second: memory, interrupts and the timer work. */
export const KERNEL_RUNS = /^\[ *[1-9]\d*\.\d{6}\]/m;

/** Waits until the console shows a text. */
export function expectText(watch: Watch, pattern: RegExp, mayHang: boolean): Promise<Ending> {
  const wait = (limits: WaitLimits) => watch.console.waitFor(pattern, limits);
  const wanted: Wanted = {
    name: `"${pattern.source}" on the console`,
    missing: `"${pattern.source}" did not appear on the console`,
    came: (found) => `console showed "${found}"`,
  };
  return expectWait(watch, wanted, wait, mayHang);
}

/** What is waited for, in the words of messages. */
export interface Wanted {
  /** As in `nothing happened while waiting for …`. */
  readonly name: string;
  /** As in `… within 60 seconds`. */
  readonly missing: string;
  readonly came: (found: string) => string;
}

/** Waits for something as long as the console shows that the machine goes on. */
export async function expectWait(
  watch: Watch,
  wanted: Wanted,
  wait: (limits: WaitLimits) => Promise<Wait>,
  mayHang: boolean,
): Promise<Ending> {
  const { console, untilMs, settings, options } = watch;
  const stallMs = stallSeconds(watch) * 1000;
  if (mayHang) {
    const first = await wait({ untilMs, quietMs: hangSeconds(settings.accelerator, options) * 1000 });
    if (!("quiet" in first)) return endingOf(watch, wanted, first);
    if (!console.printed(KERNEL_RUNS)) return "hung";
  }
  return endingOf(watch, wanted, await wait({ untilMs, quietMs: stallMs }));
}

/** After how many seconds without a word a machine counts as hung by its accelerator. */
export function hangSeconds({ hungSeconds, stallSeconds }: Accelerator, options: BootOptions): number {
  return Math.min(hungSeconds ?? stallSeconds, options.stallSeconds ?? stallSeconds);
}

async function endingOf(watch: Watch, wanted: Wanted, wait: Wait): Promise<Ending> {
  if ("found" in wait) {
    passed(watch, wanted.came(wait.found));
    return undefined;
  }
  if ("closed" in wait) return "stopped";
  const { accelerator, cpus } = watch.settings;
  if ("trouble" in wait && LOCKED_UP.test(`${wait.trouble}\n`) && accelerator.name === "tcg" && cpus > 1)
    return "locked-up";
  const lines = await watch.console.screen.lastLines(SHOWN_LINES);
  if ("trouble" in wait) {
    return { kind: "system-failed", message: `the system did not come up: "${wait.trouble}"`, console: lines };
  }
  const where = lastLine(lines);
  if ("quiet" in wait) return stalled(watch, wanted.name, lines);
  const message = `${wanted.missing} within ${watch.options.timeoutSeconds} seconds; ${where}`;
  return { kind: "timeout", message, console: lines };
}

async function expectAnswer(watch: Watch, probe: HttpProbe, port: number): Promise<Ending> {
  const { console, options, stopped, untilMs } = watch;
  const stallMs = stallSeconds(watch) * 1000;
  const sinceMs = performance.now();
  const stall = new AbortController();
  const look = () => performance.now() - Math.max(sinceMs, console.lastActiveMs()) >= stallMs && stall.abort();
  const timer = setInterval(look, 200);
  const answer = await probeHttp(probe, port, untilMs, AbortSignal.any([stopped, stall.signal]));
  clearInterval(timer);
  if (stopped.aborted) return "stopped";
  if (answer.ok) {
    passed(watch, `${describeProbe(probe)} answered with status ${answer.status}`);
    return undefined;
  }
  const lines = await console.screen.lastLines(SHOWN_LINES);
  if (stall.signal.aborted) return stalled(watch, `${describeProbe(probe)} (${answer.reason})`, lines);
  const message = `${describeProbe(probe)}: ${answer.reason} within ${options.timeoutSeconds} seconds`;
  return { kind: answer.answered ? "wrong-answer" : "timeout", message, console: lines };
}

function stalled(watch: Watch, wanted: string, lines: readonly string[]): BootFailure {
  const message = `nothing happened for ${stallSeconds(watch)} seconds while waiting for ${wanted}; ${lastLine(lines)}`;
  return { kind: "stalled", message, console: lines };
}

function stallSeconds({ options, settings }: Watch): number {
  return options.stallSeconds ?? settings.accelerator.stallSeconds;
}

export function lastLine(lines: readonly string[]): string {
  const line = lines.at(-1);
  return line === undefined ? "the console showed nothing" : `the last line was "${line}"`;
}

function passed({ checks, options, startedMs }: Watch, what: string): void {
  const check = { what, seconds: secondsSince(startedMs) };
  checks.push(check);
  options.onCheck?.(check);
}
