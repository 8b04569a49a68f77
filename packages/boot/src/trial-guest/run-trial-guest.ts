import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandFailure, CommandRunner } from "@dibkit/exec";
import { describeFailure } from "@dibkit/exec";
import type { MachineModel } from "../machine.js";
import { TRIAL_WORD, type TrialGuest, trialGuest } from "./trial-guest.js";

/** A QEMU and the machine it is to be. */
export interface Emulator {
  /** Absolute path, or a name to be found in PATH. */
  readonly program: string;
  readonly machine: MachineModel;
}

export type TrialOutcome =
  | { readonly kind: "passed" }
  /** QEMU made the machine, and the guest did not come through. */
  | { readonly kind: "failed"; readonly reason: string }
  /** QEMU did not make the machine. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "no-qemu" }
  | { readonly kind: "aborted" };

export interface TrialOptions {
  readonly accelerator: "kvm" | "tcg";
  readonly seconds: number;
  readonly commands: CommandRunner;
  readonly signal?: AbortSignal | undefined;
  /** Default: the one for the machine's architecture. */
  readonly guest?: TrialGuest;
}

/** Boots the trial guest and says how it went, after at most that many seconds. */
export async function runTrialGuest({ program, machine }: Emulator, options: TrialOptions): Promise<TrialOutcome> {
  const { accelerator, seconds, commands, signal, guest = trialGuest(machine.architecture) } = options;
  const directory = await mkdtemp(join(tmpdir(), "dibkit-trial-"));
  try {
    const kernel = join(directory, "guest");
    await writeFile(kernel, guest.bytes);
    const limit = AbortSignal.timeout(seconds * 1000);
    const command = [
      // The kernel kills QEMU when dibkit is killed in a way that leaves no time to clean up.
      ...["setpriv", "--pdeathsig", "KILL", "--", program],
      ...["-machine", `${machine.machine},accel=${accelerator}`, "-cpu", "max", "-m", "64"],
      ...["-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio", ...guest.devices],
      ...["-kernel", kernel.replaceAll(",", ",,")],
    ];
    let said = false;
    const run = await commands.run(command, {
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
      onOutput: (line, stream) => {
        said ||= stream === "stdout" && line.includes(TRIAL_WORD);
      },
    });
    if (signal?.aborted) return { kind: "aborted" };
    const exitCode = run.ok ? 0 : run.error.kind === "exited" ? run.error.exitCode : undefined;
    if (said && exitCode === guest.exitCode) return { kind: "passed" };
    return run.ok ? { kind: "failed", reason: "a trial guest stopped on its way" } : outcomeOf(run.error, seconds);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** How `setpriv` ends when there is no such program. */
const NO_PROGRAM = 127;
/** How QEMU ends when it cannot do what its arguments say; the guest ends it with other codes. */
const QEMU_REFUSES = 1;

function outcomeOf(failure: CommandFailure, seconds: number): TrialOutcome {
  const said = failure.tail.at(-1);
  if (failure.kind === "aborted") {
    const reason = `a trial guest did not come through within ${seconds} seconds`;
    return { kind: "failed", reason: said === undefined ? reason : `${reason} ("${said}")` };
  }
  if (failure.kind === "not-found") return { kind: "refused", reason: describeFailure(failure) };
  if (failure.kind === "exited" && failure.exitCode === NO_PROGRAM) return { kind: "no-qemu" };
  if (failure.kind === "exited" && failure.exitCode === QEMU_REFUSES) {
    return { kind: "refused", reason: said ?? describeFailure(failure) };
  }
  return { kind: "failed", reason: `a trial guest stopped on its way: ${said ?? describeFailure(failure)}` };
}
