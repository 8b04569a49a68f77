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
  /** For everything together. */
  readonly timeoutSeconds: number;
  /** Typed one after the other once the pattern was seen. */
  readonly exchanges?: readonly ConsoleExchange[];
  /** Asked once the exchanges are done. */
  readonly http?: readonly HttpProbe[];
  /** Everything the console prints is kept here. */
  readonly consoleLog: string;
  readonly onConsoleLine?: (line: string) => void;
  readonly onCheck?: (check: BootCheck) => void;
  readonly signal?: AbortSignal;
}

/** One thing that was waited for and came. */
export interface BootCheck {
  readonly what: string;
  /** Since QEMU was started. */
  readonly seconds: number;
}
