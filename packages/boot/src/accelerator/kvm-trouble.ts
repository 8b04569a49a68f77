import { MACHINES } from "../machine.js";
import { type ProvingContext, proveAccelerator } from "./choose-accelerator.js";
import { kvm } from "./kvm.js";

/**
 * Why a QEMU does not run ordinary guests with KVM; undefined when it does. `architecture` is QEMU's name, such as
 * `x86_64`.
 */
export async function kvmTrouble(
  program: string,
  architecture: string,
  context: ProvingContext,
): Promise<string | undefined> {
  const machine = MACHINES.find(({ tool }) => tool.program === `qemu-system-${architecture}`);
  if (machine === undefined) return `there is no trial guest for "${architecture}"`;
  const proof = await proveAccelerator(kvm, { program, machine }, context);
  switch (proof.kind) {
    case "works":
      return undefined;
    case "fails":
      return proof.reason;
    case "no-qemu":
      return `program "${program}" was not found`;
    case "aborted":
      return "the trial was interrupted";
  }
}
