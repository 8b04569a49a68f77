import { existsSync } from "node:fs";
import type { HostProbe, ProbeContext, ProbeOutcome } from "@dibkit/exec";
import { chooseAccelerator } from "./accelerator.js";
import { MACHINES } from "./machine.js";

/** Whether images boot at full speed here, for `dibkit doctor`. */
export const kvmProbe: HostProbe = { name: "kvm", purpose: "boot images at full speed", probe: probeKvm };

/** `/dev/kvm` may be there and even open where every machine then dies, so one is started for a moment. */
async function probeKvm({ runner }: ProbeContext): Promise<ProbeOutcome> {
  const help = "nothing to do: QEMU emulates, and boots take about a minute";
  const there = existsSync("/dev/kvm");
  if (!there) return { status: "limited", found: "no /dev/kvm", help };
  const machine = MACHINES.find(
    ({ architecture }) => architecture === (process.arch === "x64" ? "amd64" : process.arch),
  );
  const accelerator = machine && (await chooseAccelerator(machine, runner));
  switch (accelerator) {
    case "kvm":
      return { status: "ok", found: "QEMU starts a machine with it" };
    case "tcg":
      return { status: "limited", found: "/dev/kvm is there, but QEMU cannot start a machine with it", help };
    case undefined:
      return {
        status: "limited",
        found: "/dev/kvm is there, but no QEMU to try it with",
        help: "install the package qemu-system-x86 or qemu-system-arm",
      };
  }
}
