import type { CommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { Emulator } from "../trial-guest/run-trial-guest.js";
import type { Accelerator, Proof } from "./accelerator.js";
import type { AcceleratorWish } from "./accelerator-wish.js";
import { openKeptProofs } from "./kept-proofs.js";
import { kvm } from "./kvm.js";
import { readKvmHost } from "./kvm-host.js";
import { tcg } from "./tcg.js";

/** Every accelerator, the faster one first. */
export const ACCELERATORS: readonly Accelerator[] = [kvm, tcg];

export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  /** What to start the machine again with when the accelerator turns out to hang it. */
  readonly instead?: Accelerator;
  /** Why a faster one was not taken. */
  readonly why?: string;
}

/** What proving needs of the process it runs in. */
export interface ProvingContext {
  readonly commands: CommandRunner;
  /** Says where proofs are kept. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** An accelerator that was asked for, and that does not work here. */
export interface AcceleratorFailure {
  readonly message: string;
  readonly help: string;
}

/** The accelerator for a machine by a user's wish. `aborted` when the signal came first. */
export async function chooseAccelerator(
  wish: AcceleratorWish,
  emulator: Emulator,
  context: ProvingContext,
): Promise<Result<AcceleratorChoice, AcceleratorFailure | "aborted" | "no-qemu">> {
  // What needs nothing of the host needs no proof either.
  if (wish === "tcg") return ok({ accelerator: tcg });
  const proof = await proveAccelerator(kvm, emulator, context);
  switch (proof.kind) {
    case "works":
      return ok(wish === "auto" ? { accelerator: kvm, instead: tcg } : { accelerator: kvm });
    case "fails":
      if (wish === "auto") return ok({ accelerator: tcg, why: proof.reason });
      return err({
        message: `KVM does not work here: ${proof.reason}`,
        help: 'use "--accel auto" or "--accel tcg" for software emulation',
      });
    case "no-qemu":
    case "aborted":
      return err(proof.kind);
  }
}

/** The proof of an earlier time where one is kept and `fresh` is not set, else a new one. */
export async function proveAccelerator(
  accelerator: Accelerator,
  emulator: Emulator,
  { commands, env, signal }: ProvingContext,
  fresh = false,
): Promise<Proof> {
  const kvmHost = readKvmHost();
  const proofs = openKeptProofs(kvmHost, env);
  const kept = fresh ? undefined : proofs.find(accelerator, emulator);
  if (kept !== undefined) return kept;
  const proof = await accelerator.prove(emulator, { commands, kvmHost, signal });
  proofs.keep(accelerator, emulator, proof);
  return proof;
}

/** Remembers that an accelerator was not fit for a machine that came up without it. `seen`: as in `QEMU had crashed`. */
export function keepUnfit(
  accelerator: Accelerator,
  emulator: Emulator,
  seen: string,
  env: ProvingContext["env"],
): void {
  openKeptProofs(readKvmHost(), env).keep(accelerator, emulator, {
    kind: "fails",
    reason: `${seen} ${accelerator.how}, and the machine came up in software emulation`,
    help: 'run "dibkit doctor", which tries it anew',
    lasting: true,
  });
}
