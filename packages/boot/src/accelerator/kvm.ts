import { runTrialGuest } from "../trial-guest/run-trial-guest.js";
import type { Accelerator } from "./accelerator.js";
import { type KvmHost, limitedModule } from "./kvm-host.js";

/** Where KVM works the guest needs a second, on a busy host some; where it does not, this is waited once per boot of the host. */
const TRIAL_SECONDS = 20;

const EMULATION_HELP = "nothing to do: QEMU emulates, and boots take about a minute";

/** The processor's own virtualization, by `/dev/kvm`. */
export const kvm: Accelerator = {
  name: "kvm",
  how: "with KVM",
  stallSeconds: 180,
  hungSeconds: 60,
  async prove(emulator, { commands, kvmHost, signal }) {
    const outcome = await runTrialGuest(emulator, { accelerator: "kvm", seconds: TRIAL_SECONDS, commands, signal });
    switch (outcome.kind) {
      case "passed":
        return { kind: "works" };
      case "refused":
        // QEMU refuses at once, and may be able to a moment later: a module is loaded, a user comes into a group.
        return { kind: "fails", ...explain(kvmHost, outcome.reason), lasting: false };
      case "failed":
        return { kind: "fails", ...explain(kvmHost, outcome.reason), lasting: true };
      case "no-qemu":
      case "aborted":
        return outcome;
    }
  },
};

/** The cause where the host names it, else what was seen. */
function explain(host: KvmHost, seen: string): { readonly reason: string; readonly help: string } {
  if (host.device === "missing") return { reason: "there is no /dev/kvm", help: EMULATION_HELP };
  if (host.device === "denied") {
    return {
      reason: "this user may not open /dev/kvm",
      help: 'add the user to the group "kvm", or leave it: QEMU emulates',
    };
  }
  const limited = limitedModule(host);
  return { reason: limited === undefined ? seen : `${limited}; ${seen}`, help: EMULATION_HELP };
}
