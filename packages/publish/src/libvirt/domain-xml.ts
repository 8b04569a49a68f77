import { renderXml, type XmlElement, xml } from "./xml-element.js";

export const architectures = ["x86_64", "aarch64"] as const;
export const firmwares = ["bios", "efi"] as const;

export type Architecture = (typeof architectures)[number];
export type Firmware = (typeof firmwares)[number];

/** A network of libvirt by name, QEMU's own user-mode network, or none. */
export type DomainNetwork =
  | { readonly kind: "network"; readonly name: string }
  | { readonly kind: "user" }
  | { readonly kind: "none" };

/** Everything a domain of dibkit is made of. */
export interface DomainDefinition {
  readonly name: string;
  /** Kept when a domain is replaced. */
  readonly uuid?: string;
  /** `kvm` uses the processor's virtualization, `qemu` is software emulation. */
  readonly virtualization: "kvm" | "qemu";
  readonly architecture: Architecture;
  readonly firmware: Firmware;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly disk: { readonly path: string; readonly format: "qcow2" | "raw" };
  readonly network: DomainNetwork;
  /** Absolute path of a file that gets everything the serial console says. */
  readonly serialLog?: string;
}

/** The machine QEMU emulates for each architecture: DIB images boot from PCI virtio disks on both. */
export const machines: Readonly<Record<Architecture, string>> = { x86_64: "q35", aarch64: "virt" };

/** The libvirt document of a domain with a virtio disk and a serial console, and no screen. */
export function domainXml(domain: DomainDefinition): string {
  const identity = [xml("name", {}, domain.name), ...(domain.uuid ? [xml("uuid", {}, domain.uuid)] : [])];
  return renderXml(
    xml("domain", { type: domain.virtualization }, [
      ...identity,
      xml("memory", { unit: "MiB" }, `${domain.memoryMiB}`),
      xml("vcpu", {}, `${domain.cpus}`),
      operatingSystem(domain),
      xml("features", {}, [xml("acpi"), ...(domain.architecture === "x86_64" ? [xml("apic")] : [])]),
      // Without KVM the host's processor cannot be passed through, and QEMU's default one lacks what current distributions need.
      xml("cpu", { mode: domain.virtualization === "kvm" ? "host-passthrough" : "maximum" }),
      xml("clock", { offset: "utc" }),
      xml("on_poweroff", {}, "destroy"),
      xml("on_reboot", {}, "restart"),
      xml("on_crash", {}, "destroy"),
      xml("devices", {}, devices(domain)),
    ]),
  );
}

function operatingSystem({ architecture, firmware }: DomainDefinition): XmlElement {
  return xml("os", { firmware: firmware === "efi" ? "efi" : undefined }, [
    xml("type", { arch: architecture, machine: machines[architecture] }, "hvm"),
    xml("boot", { dev: "hd" }),
  ]);
}

function devices(domain: DomainDefinition): readonly XmlElement[] {
  const log = domain.serialLog ? [xml("log", { file: domain.serialLog, append: "off" })] : [];
  return [
    xml("disk", { type: "file", device: "disk" }, [
      xml("driver", { name: "qemu", type: domain.disk.format, discard: "unmap" }),
      xml("source", { file: domain.disk.path }),
      xml("target", { dev: "vda", bus: "virtio" }),
    ]),
    ...networkInterface(domain.network),
    xml("serial", { type: "pty" }, [...log, xml("target", { port: 0 })]),
    xml("console", { type: "pty" }, [xml("target", { type: "serial", port: 0 })]),
    xml("rng", { model: "virtio" }, [xml("backend", { model: "random" }, "/dev/urandom")]),
  ];
}

function networkInterface(network: DomainNetwork): readonly XmlElement[] {
  switch (network.kind) {
    case "none":
      return [];
    case "user":
      return [xml("interface", { type: "user" }, [xml("model", { type: "virtio" })])];
    case "network":
      return [
        xml("interface", { type: "network" }, [
          xml("source", { network: network.name }),
          xml("model", { type: "virtio" }),
        ]),
      ];
  }
}
