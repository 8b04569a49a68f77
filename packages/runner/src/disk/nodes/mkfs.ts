import { randomUUID } from "node:crypto";
import type { HostTool } from "@dibkit/exec";
import type { FilesystemNode } from "@dibkit/model";
import { ok } from "@dibkit/model";
import { type DiskState, defineDiskNode } from "../disk-node.js";
import { rootAttributes } from "../ext-attributes.js";
import { writeExtTree } from "../ext-tree.js";
import { isFat, writeFatTree } from "../fat-tree.js";
import { kernelKnowsFat } from "../host-filesystems.js";
import { isExtended } from "../rewritable-filesystem.js";

interface Maker {
  readonly debianPackage: string;
  readonly program?: string;
  /** Options for label and UUID, behind the user's. */
  readonly identity: (label: string, uuid: string) => readonly string[];
}

const extended: Maker = { debianPackage: "e2fsprogs", identity: (label, uuid) => ["-L", label, "-U", uuid, "-q"] };
// FAT has a serial number of 32 bits instead of a UUID; upstream does not set it.
const fat: Maker = { debianPackage: "dosfstools", identity: (label) => ["-n", label] };

const MAKERS: Readonly<Record<string, Maker>> = {
  ext2: extended,
  ext3: extended,
  ext4: extended,
  xfs: { debianPackage: "xfsprogs", identity: (label, uuid) => ["-L", label, "-m", `uuid=${uuid}`, "-q"] },
  vfat: fat,
  fat,
  btrfs: { debianPackage: "btrfs-progs", identity: (label, uuid) => ["-L", label, "-U", uuid] },
  swap: { debianPackage: "util-linux", program: "mkswap", identity: (label, uuid) => ["-L", label, "-U", uuid] },
};

/** The kernel mounts these however many copies of them, with the same UUID, are in use. */
const COPIABLE = ["ext2", "ext3", "ext4", "vfat", "fat", "swap"];

const MCOPY = { program: "mcopy", debianPackage: "mtools" };
const OTHER: Maker = { debianPackage: "", identity: (label) => ["-L", label] };

const programOf = (type: string, maker: Maker) => maker.program ?? `mkfs.${type}`;

/** The command that makes a filesystem: upstream's words in upstream's order (level2/mkfs.py). */
export function mkfsCommand(
  node: FilesystemNode,
  uuid: string,
  device: string,
  options: readonly string[] = node.options,
): readonly string[] {
  const maker = MAKERS[node.type] ?? OTHER;
  const program = maker.program === undefined ? ["mkfs", "-t", node.type] : [maker.program];
  const seeded = maker === fat && /^[0-9a-f]{8}-/i.test(node.uuid ?? "") ? ["-i", uuid.slice(0, 8)] : [];
  return [
    ...program,
    ...options.filter((option) => option !== ""),
    ...seeded,
    ...maker.identity(node.label, uuid),
    device,
  ];
}

/** The program that makes a filesystem. */
export function mkfsTools({ type }: FilesystemNode): readonly HostTool[] {
  const maker = MAKERS[type] ?? OTHER;
  const purpose = `make ${type} filesystems`;
  return [{ program: programOf(type, maker), debianPackage: maker.debianPackage, purpose }];
}

export default defineDiskNode({
  kind: "mkfs",
  tools: (node): readonly HostTool[] => {
    const own = mkfsTools(node);
    if (!isFat(node.type) || kernelKnowsFat()) return own;
    return [...own, { ...MCOPY, purpose: "fill FAT filesystems, which this kernel cannot mount" }];
  },
  canBeKept: ({ type }) => COPIABLE.includes(type),
  async create(node, state) {
    const device = deviceOf(node, state);
    const made = await state.run(node.name, mkfsCommand(node, node.uuid ?? randomUUID(), device));
    if (!made.ok) return made;
    state.filesystems.set(node.name, { ...node, device });
    return ok(undefined);
  },
  async reopen(node, state) {
    state.filesystems.set(node.name, { ...node, device: deviceOf(node, state) });
    return ok(undefined);
  },
  async rewrite(node, state) {
    const original = state.original.filesystems.get(node.name);
    const tree = state.mountPoints.get(node.name);
    if (original === undefined || tree === undefined || !state.isRewritten(node.name)) return ok(undefined);
    const device = deviceOf(node, state);
    const uuid = node.uuid ?? randomUUID();
    if (isExtended(node.type)) {
      const options = withExtendedOption(node.options, `hash_seed=${uuid}`);
      const command = mkfsCommand(node, uuid, device, options).slice(0, -1);
      const attributes = await rootAttributes(original, state);
      if (!attributes.ok) return attributes;
      const target = { name: node.name, command, device: [device], opened: device };
      return writeExtTree(target, tree, state, attributes.value);
    }
    const made = await state.run(node.name, mkfsCommand(node, uuid, device, ["--invariant", ...node.options]));
    return made.ok ? writeFatTree(node.name, device, tree, state, state.date) : made;
  },
});

/** Options of mke2fs with one more `-E` word; it takes the last `-E` only. */
export function withExtendedOption(options: readonly string[], word: string): readonly string[] {
  const at = options.lastIndexOf("-E") + 1;
  return at === 0 ? [...options, "-E", word] : options.with(at, `${options[at]},${word}`);
}

function deviceOf(node: FilesystemNode, state: DiskState): string {
  const device = state.devices.get(node.base);
  if (device === undefined) throw new Error(`no device "${node.base}" for mkfs "${node.name}"`);
  return device;
}
