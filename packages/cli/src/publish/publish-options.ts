import type { OptionSpec, OptionsOf } from "../command.js";

/** Options of both targets. */
const bothOptions = {
  name: { type: "string", value: "NAME", summary: "what to call it (default: the file name without its extension)" },
  ifExists: {
    type: "string",
    value: "POLICY",
    choices: ["fail", "replace", "skip"],
    default: "fail",
    summary: "what to do when the name is taken; replace keeps the old one until the new one is whole",
  },
  format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
} as const satisfies Record<string, OptionSpec>;

const glanceOptions = {
  cloud: { type: "string", value: "NAME", summary: "glance: entry of clouds.yaml to use (default: OS_CLOUD)" },
  region: { type: "string", value: "NAME", summary: "glance: region of the cloud" },
  interface: {
    type: "string",
    value: "NAME",
    choices: ["public", "internal", "admin"],
    summary: "glance: which address of the catalog to use",
  },
  imageEndpoint: { type: "string", value: "URL", summary: "glance: use this address instead of the catalog's" },
  cacert: { type: "string", value: "FILE", summary: "glance: trust the certificate authorities in this file" },
  insecure: { type: "boolean", summary: "glance: do not check certificates" },
  diskFormat: {
    type: "string",
    value: "FORMAT",
    summary: "glance: disk format (default: what the image is)",
    choices: ["raw", "qcow2", "vmdk", "vdi", "vhd", "vhdx", "iso", "ami", "aki", "ari", "ploop"],
  },
  containerFormat: {
    type: "string",
    value: "FORMAT",
    summary: "glance: container format (default: bare)",
    choices: ["bare", "ovf", "ova", "ami", "aki", "ari", "docker", "compressed"],
  },
  visibility: {
    type: "string",
    value: "WHO",
    choices: ["private", "shared", "community", "public"],
    summary: "glance: who may use the image (default: the cloud's)",
  },
  minDisk: { type: "number", value: "GIB", integer: true, minimum: 0, summary: "glance: smallest disk it boots on" },
  minRam: { type: "number", value: "MIB", integer: true, minimum: 0, summary: "glance: smallest memory it boots with" },
  property: {
    type: "string",
    value: "KEY=VALUE",
    repeatable: true,
    summary: "glance: image property, such as os_distro=fedora-coreos for Magnum",
  },
  provenance: {
    type: "boolean",
    summary: "glance: make the signed statement beside the image its property dibkit_provenance",
  },
  tag: { type: "string", value: "TAG", repeatable: true, summary: "glance: image tag" },
  protected: { type: "boolean", summary: "glance: forbid deletion once the image is active" },
  attempts: {
    type: "number",
    value: "N",
    integer: true,
    minimum: 1,
    summary: "glance: tries for the upload (default: 3)",
  },
  patience: {
    type: "number",
    value: "SECONDS",
    integer: true,
    minimum: 0,
    summary: "glance: how long to wait for a service that is away (default: 60)",
  },
} as const satisfies Record<string, OptionSpec>;

const libvirtOptions = {
  connect: {
    type: "string",
    value: "URI",
    summary: "libvirt: which libvirt (default: LIBVIRT_DEFAULT_URI, qemu:///system)",
  },
  pool: { type: "string", value: "NAME", summary: "libvirt: storage pool for the disk (default: default)" },
  directory: { type: "string", value: "DIR", summary: "libvirt: directory for the disk, instead of a pool" },
  memory: { type: "number", value: "MIB", integer: true, minimum: 64, summary: "libvirt: memory (default: 2048)" },
  cpus: { type: "number", value: "N", integer: true, minimum: 1, summary: "libvirt: processors (default: 2)" },
  network: {
    type: "string",
    value: "NAME",
    summary: "libvirt: network of that name, user, or none (default: default)",
  },
  accel: {
    type: "string",
    value: "KIND",
    choices: ["auto", "kvm", "tcg"],
    summary: "libvirt: kvm, or tcg for software emulation (default: DIBKIT_ACCEL, else auto, which tries)",
  },
  virtualization: {
    type: "string",
    value: "KIND",
    choices: ["auto", "kvm", "qemu"],
    summary: "libvirt: the same as --accel in libvirt's words, qemu for software emulation",
  },
  architecture: {
    type: "string",
    value: "ARCH",
    choices: ["x86_64", "aarch64"],
    summary: "libvirt: processor of the image (default: x86_64)",
  },
  firmware: {
    type: "string",
    value: "KIND",
    choices: ["bios", "efi"],
    summary: "libvirt: how the image boots (default: bios, efi on aarch64)",
  },
  serialLog: { type: "string", value: "FILE", summary: "libvirt: also write the serial console to this file" },
  start: { type: "boolean", summary: "libvirt: start the domain" },
} as const satisfies Record<string, OptionSpec>;

/** All options of `dibkit publish`. */
export const publishOptions = { ...bothOptions, ...glanceOptions, ...libvirtOptions };

export type PublishOptions = OptionsOf<typeof publishOptions>;

/** The first option given that belongs to the other target. */
export function foreignOption(target: "glance" | "libvirt", options: PublishOptions): keyof PublishOptions | undefined {
  const foreign = Object.keys(target === "glance" ? libvirtOptions : glanceOptions) as (keyof PublishOptions)[];
  return foreign.find((key) => {
    const value = options[key];
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
  });
}
