/** What is known of one architecture that images are made for. */
export interface ArchitectureFacts {
  /** Debian's name, which is diskimage-builder's `ARCH`. */
  readonly name: string;
  /** Other spellings that elements and image lists use. */
  readonly aliases: readonly string[];
  /** `process.arch` of Node on such a machine. */
  readonly node?: string;
  /** In the words of the OCI image specification, which are Go's. */
  readonly oci: { readonly architecture: string; readonly variant?: string };
  /** The disk layout that upstream takes for the element `vm`. */
  readonly disk: "block-device-mbr" | "block-device-efi";
  /** Whether upstream's YAML lists of images accept it. */
  readonly inImageLists: boolean;
  /** Name of QEMU's system emulator behind `qemu-system-`, and of the processor in libvirt. */
  readonly qemu: string;
}

/** The one table of architectures; add a row, and every part of dibkit knows it. */
export const ARCHITECTURE_TABLE = [
  {
    name: "amd64",
    aliases: ["x86_64"],
    node: "x64",
    oci: { architecture: "amd64" },
    qemu: "x86_64",
    disk: "block-device-mbr",
    inImageLists: true,
  },
  {
    name: "i386",
    aliases: [],
    node: "ia32",
    oci: { architecture: "386" },
    qemu: "i386",
    disk: "block-device-mbr",
    inImageLists: false,
  },
  {
    name: "arm64",
    aliases: ["aarch64"],
    node: "arm64",
    oci: { architecture: "arm64" },
    qemu: "aarch64",
    disk: "block-device-efi",
    inImageLists: true,
  },
  {
    name: "armhf",
    aliases: [],
    node: "arm",
    oci: { architecture: "arm", variant: "v7" },
    qemu: "arm",
    disk: "block-device-mbr",
    inImageLists: true,
  },
  {
    name: "powerpc",
    aliases: [],
    oci: { architecture: "ppc" },
    qemu: "ppc",
    disk: "block-device-mbr",
    inImageLists: true,
  },
  {
    name: "ppc64",
    aliases: [],
    oci: { architecture: "ppc64" },
    qemu: "ppc64",
    disk: "block-device-mbr",
    inImageLists: true,
  },
  {
    name: "ppc64el",
    aliases: ["ppc64le"],
    node: "ppc64",
    oci: { architecture: "ppc64le" },
    qemu: "ppc64le",
    disk: "block-device-mbr",
    inImageLists: true,
  },
  {
    name: "s390x",
    aliases: [],
    node: "s390x",
    oci: { architecture: "s390x" },
    qemu: "s390x",
    disk: "block-device-mbr",
    inImageLists: true,
  },
  {
    name: "riscv64",
    aliases: [],
    node: "riscv64",
    oci: { architecture: "riscv64" },
    qemu: "riscv64",
    disk: "block-device-mbr",
    inImageLists: false,
  },
] as const satisfies readonly ArchitectureFacts[];

type Row = (typeof ARCHITECTURE_TABLE)[number];

/** An architecture as definitions and flags may name it. */
export type Architecture = Row["name"] | Row["aliases"][number];

/** Every name and alias. */
export const ARCHITECTURES: readonly Architecture[] = ARCHITECTURE_TABLE.flatMap(
  ({ name, aliases }): Architecture[] => [name, ...aliases],
);

/** The row of a name or alias; undefined for an architecture that is not in the table. */
export function architectureFacts(name: string): ArchitectureFacts | undefined {
  return ARCHITECTURE_TABLE.find((row: ArchitectureFacts) => row.name === name || row.aliases.includes(name));
}
