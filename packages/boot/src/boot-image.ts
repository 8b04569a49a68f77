import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CommandFailure, type CommandRunner, createCommandRunner, describeFailure } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { BootFailure } from "./boot-failure.js";
import type { BootCheck, BootOptions } from "./boot-options.js";
import { type Console, openConsole, type Wait } from "./console.js";
import { describeProbe, probeHttp } from "./http-probe.js";
import { prepareMachine } from "./prepare-machine.js";
import { type MachineSettings, qemuArguments } from "./qemu-arguments.js";

export interface BootReport {
  readonly seconds: number;
  readonly accelerator: "kvm" | "tcg";
  readonly checks: readonly BootCheck[];
}

const SHOWN_LINES = 15;

/**
 * Boots an image under QEMU with a serial console and waits for what the options name, in order: the pattern, then each
 * exchange, then each HTTP answer. The image is not changed, and QEMU is gone when this returns or dibkit dies.
 */
export async function bootImage(imagePath: string, options: BootOptions): Promise<Result<BootReport, BootFailure>> {
  const directory = await mkdtemp(join(tmpdir(), "dibkit-boot-"));
  const end = new AbortController();
  const stop = () => end.abort();
  options.signal?.addEventListener("abort", stop, { once: true });
  if (options.signal?.aborted) stop();
  try {
    await mkdir(dirname(options.consoleLog), { recursive: true });
    await writeFile(options.consoleLog, "");
    const commands = createCommandRunner({ signal: end.signal });
    const settings = await prepareMachine(imagePath, options, directory, commands);
    if (!settings.ok) return settings;
    return await runMachine(settings.value, options, commands, end);
  } finally {
    stop();
    options.signal?.removeEventListener("abort", stop);
    await rm(directory, { recursive: true, force: true });
  }
}

async function runMachine(
  settings: MachineSettings,
  options: BootOptions,
  commands: CommandRunner,
  end: AbortController,
): Promise<Result<BootReport, BootFailure>> {
  const started = performance.now();
  const stopped = new AbortController();
  // The kernel kills QEMU when dibkit is killed in a way that leaves no time to clean up.
  const command = ["setpriv", "--pdeathsig", "KILL", "--", ...qemuArguments(settings)];
  const qemu = commands.run(command).finally(() => stopped.abort());
  const console = await openConsole(settings.consoleSocket, stopped.signal, options.onConsoleLine);
  try {
    const ended = console === undefined ? await qemu : undefined;
    if (console === undefined) return machineStopped(ended?.ok === false ? ended.error : undefined, []);
    const watch: Watch = { settings, options, console, started, stopped: stopped.signal, checks: [] };
    const failure = await runChecks(watch);
    if (options.signal?.aborted) return err({ kind: "aborted", message: "the boot was interrupted" });
    if (failure === undefined)
      return ok({ seconds: secondsSince(started), accelerator: settings.accelerator, checks: watch.checks });
    if (failure !== "stopped") return err(failure);
    const result = await qemu;
    return machineStopped(result.ok ? undefined : result.error, console.lastLines(SHOWN_LINES));
  } finally {
    console?.close();
    end.abort();
    await qemu;
  }
}

interface Watch {
  readonly settings: MachineSettings;
  readonly options: BootOptions;
  readonly console: Console;
  readonly started: number;
  readonly stopped: AbortSignal;
  readonly checks: BootCheck[];
}

const secondsSince = (started: number) => (performance.now() - started) / 1000;

/** Undefined when all came; `stopped` when QEMU ended. */
async function runChecks(watch: Watch): Promise<BootFailure | "stopped" | undefined> {
  const { options, console, started, settings } = watch;
  const until = started + options.timeoutSeconds * 1000;
  const pattern = options.pattern ?? /login:/;
  const first = failureOf(watch, pattern.source, await console.waitFor(pattern, until));
  if (first !== undefined) return first;
  for (const { send, expect } of options.exchanges ?? []) {
    console.type(`${send}\r`);
    const failure = failureOf(watch, expect.source, await console.waitFor(expect, until));
    if (failure !== undefined) return failure;
  }
  for (const [index, probe] of (options.http ?? []).entries()) {
    const answer = await probeHttp(probe, settings.forwards[index]?.hostPort ?? 0, until, watch.stopped);
    if (watch.stopped.aborted) return "stopped";
    if (!answer.ok) {
      const message = `${describeProbe(probe)}: ${answer.reason} within ${options.timeoutSeconds} seconds`;
      return { kind: answer.answered ? "wrong-answer" : "timeout", message, console: console.lastLines(SHOWN_LINES) };
    }
    passed(watch, `${describeProbe(probe)} answered with status ${answer.status}`);
  }
  return undefined;
}

function passed({ checks, options, started }: Watch, what: string): void {
  const check = { what, seconds: secondsSince(started) };
  checks.push(check);
  options.onCheck?.(check);
}

function failureOf(watch: Watch, wanted: string, wait: Wait): BootFailure | "stopped" | undefined {
  if ("found" in wait) {
    passed(watch, `console showed "${wait.found}"`);
    return undefined;
  }
  if ("closed" in wait) return "stopped";
  const lines = watch.console.lastLines(SHOWN_LINES);
  if ("trouble" in wait) {
    return { kind: "system-failed", message: `the system did not come up: "${wait.trouble}"`, console: lines };
  }
  const message = `"${wanted}" did not appear on the console within ${watch.options.timeoutSeconds} seconds`;
  return { kind: "timeout", message, console: lines };
}

function machineStopped(command: CommandFailure | undefined, lines: readonly string[]): Result<never, BootFailure> {
  if (command?.kind === "not-found") {
    const message = `program "${command.program}" was not found`;
    return err({
      kind: "cannot-boot",
      message,
      help: "install the package util-linux",
    });
  }
  if (command === undefined) {
    return err({
      kind: "machine-stopped",
      message: "the machine switched itself off or wanted to reboot",
      console: lines,
    });
  }
  const reason = command.tail.at(-1);
  const message = `QEMU ended: ${reason ?? describeFailure(command)}`;
  return err({ kind: "machine-stopped", message, console: lines, command });
}
