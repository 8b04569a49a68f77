import type { CommandRunner } from "@dibkit/exec";
import type { Emulator } from "../trial-guest/run-trial-guest.js";
import type { KvmHost } from "./kvm-host.js";

/** What an accelerator may know of the machine it runs on. */
export interface AcceleratorContext {
  readonly commands: CommandRunner;
  readonly kvmHost: KvmHost;
  readonly signal?: AbortSignal | undefined;
}

/** Whether an accelerator runs ordinary guests here. */
export type Proof =
  | { readonly kind: "works" }
  /** `lasting`: it will be the same until the host is booted again, or what the proof depends on changes. */
  | { readonly kind: "fails"; readonly reason: string; readonly help: string; readonly lasting: boolean }
  | { readonly kind: "no-qemu" }
  | { readonly kind: "aborted" };

/** How the instructions of a machine are carried out. */
export interface Accelerator {
  /** As QEMU calls it. */
  readonly name: "kvm" | "tcg";
  /** How a machine runs by it, as in `booted in 12 s …`. */
  readonly how: string;
  /** After how many seconds without progress a boot is given up, unless the caller says otherwise. */
  readonly stallSeconds: number;
  /**
   * After how many seconds without a word, before the kernel has shown that it runs, a machine is taken for hung by the
   * accelerator's fault. Undefined when it has no such fault.
   */
  readonly hungSeconds?: number;
  /** Boots the trial guest. */
  readonly prove: (emulator: Emulator, context: AcceleratorContext) => Promise<Proof>;
}
