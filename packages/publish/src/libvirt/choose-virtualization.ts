import type { CommandFailure } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { PublishFailure } from "../publish-failure.js";
import { machines } from "./domain-xml.js";
import type { LibvirtContext, LibvirtRequest } from "./libvirt-request.js";
import type { Virsh } from "./virsh.js";
import { firstText } from "./xml-element.js";

export const virtualizations = ["auto", "kvm", "qemu"] as const;

/**
 * Whether a domain is to use KVM. libvirt only looks whether `/dev/kvm` opens, and says yes on hosts where every guest
 * then dies; so its emulator has to bring a guest through. A domain that is only defined is made as it was asked for.
 */
export async function chooseVirtualization(
  { virtualization: wish, architecture, start }: LibvirtRequest,
  { kvmTrouble }: LibvirtContext,
  virsh: Virsh,
): Promise<Result<"kvm" | "qemu", PublishFailure>> {
  if (wish === "qemu" || (wish === "kvm" && !start)) return ok(wish);
  const capabilities = (type: string) =>
    virsh.run("domcapabilities", "--virttype", type, "--arch", architecture, "--machine", machines[architecture]);
  const emulated = await capabilities("qemu");
  if (!emulated.ok) return err(commandFailure(emulated.error));
  const trouble = await kvmTrouble(firstText(emulated.value, "path") ?? `qemu-system-${architecture}`, architecture);
  if (trouble === undefined) {
    if (wish === "kvm") return ok("kvm");
    const accelerated = await capabilities("kvm");
    return ok(accelerated.ok ? "kvm" : "qemu");
  }
  if (wish === "auto") return ok("qemu");
  const help = "use --accel tcg, or --accel auto, which takes KVM where it works";
  return err({ kind: "configuration", message: `KVM does not work here: ${trouble}`, help });
}

const commandFailure = (failure: CommandFailure): PublishFailure => ({ kind: "command", failure });
