import type { CommandRunner } from "@dibkit/exec";
import type { Machine } from "./machine.js";

/**
 * Whether KVM really works: `/dev/kvm` may exist and even open where QEMU then fails, so a machine is made and ended.
 * Undefined when there is no QEMU.
 */
export async function chooseAccelerator(machine: Machine, commands: CommandRunner): Promise<"kvm" | "tcg" | undefined> {
  const options = ["-nodefaults", "-display", "none", "-S", "-monitor", "stdio"];
  const command = [machine.tool.program, "-machine", `${machine.machine},accel=kvm`, "-cpu", "max", ...options];
  const probe = await commands.run(command, { input: "quit\n" });
  if (probe.ok) return "kvm";
  return probe.error.kind === "not-found" ? undefined : "tcg";
}
