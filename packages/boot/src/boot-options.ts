import type { AcceleratorWish } from "./accelerator/accelerator-wish.js";
import type { HttpProbe } from "./http-probe.js";

/** Something typed at the console, and what must then appear. */
export interface ConsoleExchange {
  /** A carriage return is added. */
  readonly send: string;
  readonly expect: RegExp;
}

export interface BootOptions {
  /** Debian's name; default amd64. */
  readonly architecture?: string;
  /** Default: bios where the architecture has one. */
  readonly firmware?: "bios" | "uefi";
  readonly memoryMib?: number;
  readonly cpus?: number;
  /** Serial number in the firmware's tables, where cloud-init looks for `ds=nocloud-net;s=http://10.0.2.2:PORT/`. */
  readonly serialNumber?: string;
  /** Let the machine reboot, its disk as it left it; otherwise a reboot ends the boot as a failure. */
  readonly mayReboot?: boolean;
  /** What shows that the system is up; default `login:`. */
  readonly pattern?: RegExp;
  /** Default `auto`. */
  readonly accelerator?: AcceleratorWish;
  /** For everything together. */
  readonly timeoutSeconds: number;
  /**
   * For how long nothing may happen: the console prints nothing, nothing that was waited for comes. Default: what the
   * accelerator says.
   */
  readonly stallSeconds?: number;
  /** Typed one after the other once the pattern was seen. */
  readonly exchanges?: readonly ConsoleExchange[];
  /** Asked once the exchanges are done. */
  readonly http?: readonly HttpProbe[];
  /** Everything the console prints is kept here. */
  readonly consoleLog: string;
  /** Each line that the console prints, when it is ended. */
  readonly onConsoleLine?: (line: string) => void;
  /** The line of the console that was printed to last, each time it changes; it can be read, and is not ended yet. */
  readonly onCurrentLine?: (line: string) => void;
  /** One sentence about how the image is booted. */
  readonly onNote?: (note: string) => void;
  readonly onCheck?: (check: BootCheck) => void;
  /** Says where QEMU and the user's cache directory are; default dibkit's own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** One thing that was waited for and came. */
export interface BootCheck {
  readonly what: string;
  /** Since QEMU was started. */
  readonly seconds: number;
}

export interface BootReport {
  readonly seconds: number;
  readonly accelerator: "kvm" | "tcg";
  readonly checks: readonly BootCheck[];
}
