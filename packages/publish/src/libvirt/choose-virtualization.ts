import type { CommandFailure, CommandRunner } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { Architecture } from "./domain-xml.js";
import { machines } from "./domain-xml.js";
import type { Virsh } from "./virsh.js";
import { firstText } from "./xml-element.js";

export const virtualizations = ["auto", "kvm", "qemu"] as const;

/**
 * Whether domains can use KVM. libvirt only looks whether `/dev/kvm` opens, and says yes on hosts where every guest
 * then dies; so its emulator is started for a moment with nothing to run.
 */
export async function chooseVirtualization(
  runner: CommandRunner,
  virsh: Virsh,
  architecture: Architecture,
  env: Readonly<Record<string, string>>,
): Promise<Result<"kvm" | "qemu", CommandFailure>> {
  const machine = machines[architecture];
  const capabilities = (type: string) =>
    virsh.run("domcapabilities", "--virttype", type, "--arch", architecture, "--machine", machine);
  const emulated = await capabilities("qemu");
  if (!emulated.ok) return err(emulated.error);
  const emulator = firstText(emulated.value, "path") ?? `qemu-system-${architecture}`;
  const words = ["-accel", "kvm", "-cpu", "host", "-machine", machine, "-S", "-nodefaults", "-display", "none"];
  const alive = await runner.run([emulator, ...words, "-monitor", "stdio"], { env, input: "quit\n" });
  if (!alive.ok) return alive.error.kind === "aborted" ? err(alive.error) : ok("qemu");
  const accelerated = await capabilities("kvm");
  return ok(accelerated.ok ? "kvm" : "qemu");
}
