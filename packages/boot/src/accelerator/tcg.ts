import { runTrialGuest } from "../trial-guest/run-trial-guest.js";
import type { Accelerator } from "./accelerator.js";

/** Much more than it needs, as a busy machine emulates slowly. */
const TRIAL_SECONDS = 120;

/** QEMU's own emulation, which needs nothing of the host and takes about ten times as long. */
export const tcg: Accelerator = {
  name: "tcg",
  how: "in software emulation",
  // Unpacking a large initramfs under a kernel that says nothing takes a loaded machine a minute and more.
  stallSeconds: 180,
  async prove(emulator, { commands, signal }) {
    const outcome = await runTrialGuest(emulator, { accelerator: "tcg", seconds: TRIAL_SECONDS, commands, signal });
    switch (outcome.kind) {
      case "passed":
        return { kind: "works" };
      case "refused":
      case "failed":
        return { kind: "fails", reason: outcome.reason, help: "install another QEMU", lasting: false };
      case "no-qemu":
      case "aborted":
        return outcome;
    }
  },
};
