import type { HostProbe, ProbeContext, ProbeOutcome } from "@dibkit/exec";
import { findProgram } from "@dibkit/exec";
import { proveAccelerator } from "./accelerator/choose-accelerator.js";
import { kvm } from "./accelerator/kvm.js";
import { MACHINES } from "./machine.js";

/** Whether images boot at full speed here, for `dibkit doctor`. */
export const kvmProbe: HostProbe = { name: "kvm", purpose: "boot images at full speed", probe: probeKvm };

/** `/dev/kvm` may be there and even open where every machine then dies, so a guest has to come through, each time anew. */
async function probeKvm({ runner, env }: ProbeContext): Promise<ProbeOutcome> {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const machine = MACHINES.find((one) => one.architecture === architecture);
  if (machine === undefined) {
    const help = "boot images of other architectures in software emulation";
    return { status: "limited", found: `no machine for architecture "${architecture}"`, help };
  }
  const program = findProgram(machine.tool.program, env);
  const proof =
    program === undefined
      ? ({ kind: "no-qemu" } as const)
      : await proveAccelerator(kvm, { program, machine }, { commands: runner, env }, true);
  switch (proof.kind) {
    case "works":
      return { status: "ok", found: "a trial guest ran with it" };
    case "fails":
      return { status: "limited", found: proof.reason, help: proof.help };
    case "no-qemu":
      return {
        status: "limited",
        found: "no QEMU to try it with",
        help: `install the package ${machine.tool.debianPackage}`,
      };
    case "aborted":
      return { status: "limited", found: "the trial was interrupted", help: "run it again" };
  }
}
