import { join, resolve } from "node:path";
import type { SessionAccess } from "@dibkit/boot";
import { type Machine, machineOf, troubleOf } from "./machine.js";
import { openScratchDirectory } from "./scratch-directory.js";

/** How a machine is made of an image, and how long it may take to start. */
export interface MachineOptions {
  /** How the session comes into the machine; default `auto`. See docs/testing.md for what each needs of the image. */
  readonly access?: SessionAccess;
  /** Debian's name; default `amd64`. */
  readonly architecture?: "amd64" | "arm64";
  /** Default: `bios` where the architecture has one. */
  readonly firmware?: "bios" | "uefi";
  /** Default 1024. */
  readonly memoryMib?: number;
  /** Default 2. */
  readonly cpus?: number;
  /** Default: what `DIBKIT_ACCEL` says, else `auto`, which takes KVM where it works. */
  readonly accelerator?: "auto" | "kvm" | "tcg";
  /** Until the machine has started, also when it is started again; default 900, for software emulation on a busy machine. */
  readonly timeoutSeconds?: number;
  /** For how long the console may say nothing while the machine starts; default 180. */
  readonly stallSeconds?: number;
  /** What cloud-init is told: `#cloud-config` and YAML, or a script. Default: nothing. */
  readonly userData?: string;
  /** The machine's serial number, in place of the one that leads cloud-init to `userData`. */
  readonly serialNumber?: string;
  /** Where everything is kept that the console prints; default: nowhere. */
  readonly consoleLog?: string;
  /** Each line that the console prints. */
  readonly onConsoleLine?: (line: string) => void;
  /** Ends the machine. */
  readonly signal?: AbortSignal;
}

const DEFAULT_SECONDS = 900;

/**
 * Boots an image under QEMU and resolves when it has started: systemd has no more start jobs, or the system has another
 * init. Neither the image file nor what is in it is changed for that. The machine runs until `stop()`, the end of an
 * `await using`, or the end of the process. Rejects with a `MachineTrouble` that says what was waited for and shows the
 * last lines of the console.
 *
 *     const machine = await boot("build/web.qcow2");
 *     expect(await machine.failedUnits()).toEqual([]);
 *     await machine.stop();
 */
export async function boot(image: string, options: MachineOptions = {}): Promise<Machine> {
  // QEMU's side is loaded by tests that boot something only.
  const { acceleratorWish, startMachine } = await import("@dibkit/boot");
  const { timeoutSeconds = DEFAULT_SECONDS, accelerator: wish, consoleLog, ...others } = options;
  const accelerator = acceleratorWish(wish, process.env);
  if (!accelerator.ok) throw new RangeError(accelerator.error);
  const scratch = await openScratchDirectory();
  try {
    const started = await startMachine(resolve(image), {
      ...others,
      accelerator: accelerator.value,
      timeoutSeconds,
      consoleLog: consoleLog === undefined ? join(scratch.path, "console") : resolve(consoleLog),
    });
    if (!started.ok) throw troubleOf(image, started.error);
    const live = started.value;
    const stop = () => live.stop().finally(scratch.remove);
    return machineOf(image, { ...live, stop }, timeoutSeconds);
  } catch (error) {
    await scratch.remove();
    throw error;
  }
}
