import { type CommandFailure, type CommandRunner, describeFailure } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { Accelerator } from "./accelerator/accelerator.js";
import type { BootFailure } from "./boot-failure.js";
import type { BootOptions, BootReport } from "./boot-options.js";
import { openConsole } from "./console.js";
import type { PreparedMachine } from "./prepare-machine.js";
import { qemuArguments, type SessionDevices } from "./qemu-arguments.js";
import { type Ending, hangSeconds, KERNEL_RUNS, SHOWN_LINES, secondsSince, type Watch } from "./run-checks.js";

/** What all machines of one boot share. */
export interface BootContext {
  readonly commands: CommandRunner;
  /** When the whole boot is to be over, by `performance.now()`. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

/** What is done with a machine while it runs. */
export interface MachineTask {
  /** Comes to its end when the machine is not needed any more; called again for a machine that is started again. */
  readonly checks: (watch: Watch) => Promise<Ending>;
  /** Makes the devices that the task needs, with files and sockets in the directory. */
  readonly devices?: (directory: string, commands: CommandRunner) => Promise<Result<SessionDevices, BootFailure>>;
}

/** A machine that did not run for what is likely its accelerator's fault. */
export interface Unfit {
  /** As in `the machine said nothing for 60 s`. */
  readonly seen: string;
  /** As in `a machine had fallen silent`. */
  readonly remembered: string;
  /** Whether it says enough for other machines to be started without this accelerator. */
  readonly lasting: boolean;
  /** What the machine is started again with. */
  readonly again: Pick<BootOptions, "accelerator" | "cpus">;
}

const EMULATED = { accelerator: "tcg" } as const;

/** How a program ends that its own or the kernel's checks have ended; being killed from outside is none of these. */
const CRASHES: ReadonlySet<string> = new Set(["SIGABRT", "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE"]);

/** Starts QEMU, carries out the task and ends QEMU. */
export async function runMachine(
  { settings, instead }: PreparedMachine,
  options: BootOptions,
  task: MachineTask,
  { commands, untilMs, signal }: BootContext,
): Promise<Result<BootReport, BootFailure> | { readonly unfit: Unfit }> {
  const startedMs = performance.now();
  const stopped = new AbortController();
  const end = new AbortController();
  // The kernel kills QEMU when dibkit is killed in a way that leaves no time to clean up.
  const command = ["setpriv", "--pdeathsig", "KILL", "--", ...qemuArguments(settings)];
  const qemu = commands.run(command, { signal: AbortSignal.any([signal, end.signal]) }).finally(() => stopped.abort());
  const { onConsoleLine: onLine, onCurrentLine } = options;
  const console = await openConsole(settings.consoleSocket, stopped.signal, { onLine, onCurrentLine });
  const mayHang = instead !== undefined;
  const ending = (failure: CommandFailure | undefined, lines: readonly string[]) => {
    const kernelRan = console?.printed(KERNEL_RUNS) ?? false;
    const crashed = failure?.kind === "killed" && CRASHES.has(failure.signalName);
    if (!mayHang || kernelRan || !crashed) return machineStopped(failure, lines);
    const seen = `QEMU crashed (${failure.tail.at(-1) ?? failure.signalName})`;
    return { unfit: { seen, remembered: "QEMU had crashed", lasting: true, again: EMULATED } };
  };
  try {
    if (console === undefined) {
      const ended = await qemu;
      if (signal.aborted) return err(ABORTED);
      return ending(ended.ok ? undefined : ended.error, []);
    }
    const watch: Watch = {
      settings,
      options,
      console,
      startedMs,
      untilMs,
      stopped: stopped.signal,
      mayHang,
      checks: [],
    };
    const failure = await task.checks(watch);
    if (signal.aborted) return err(ABORTED);
    if (failure === undefined) {
      const { name: accelerator } = settings.accelerator;
      return ok({ seconds: secondsSince(startedMs), accelerator, checks: watch.checks });
    }
    if (failure === "locked-up") {
      const seen = "a processor of the machine had locked up";
      return { unfit: { seen, remembered: seen, lasting: false, again: { ...EMULATED, cpus: 1 } } };
    }
    if (failure === "hung") return { unfit: silent(settings.accelerator, options) };
    if (failure !== "stopped") return err(failure);
    const result = await qemu;
    return ending(result.ok ? undefined : result.error, await console.screen.lastLines(SHOWN_LINES));
  } finally {
    console?.close();
    end.abort();
    await qemu;
  }
}

function silent(accelerator: Accelerator, options: BootOptions): Unfit {
  const silence = hangSeconds(accelerator, options);
  // What is too slow for a caller in a hurry is not hung.
  const lasting = silence === accelerator.hungSeconds;
  const seen = `the machine said nothing for ${silence} s`;
  return { seen, remembered: "a machine had fallen silent", lasting, again: EMULATED };
}

const ABORTED = { kind: "aborted", message: "the boot was interrupted" } as const;

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
