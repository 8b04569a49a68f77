import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type DiskPlan, orderBlockDevices, parseBlockDeviceGraph, planDisk, upstreamHas } from "@dibkit/model";
import { expect } from "vitest";
import { lvmCommands } from "../../src/disk/nodes/lvm.js";
import { mkfsCommand } from "../../src/disk/nodes/mkfs.js";
import { sgdiskArguments } from "../../src/disk/partition-tables/gpt.js";
import { mbrPatches } from "../../src/disk/partition-tables/mbr-bytes.js";

/** What upstream makes of one configuration. */
export interface Upstream {
  readonly flat?: readonly Record<string, Record<string, unknown>>[];
  readonly order?: readonly string[];
  readonly commands?: readonly (readonly string[])[];
  readonly fstab?: string;
  readonly mountPoints?: readonly string[];
  readonly sectors?: Readonly<Record<string, string>>;
  readonly error?: string;
}

// The distribution's own Python, for which its package installs the modules.
const PYTHON = "/usr/bin/python3";
const DISK_BYTES = 48 * 1024 ** 3;

/** A version of upstream: the directory of its Python package, and its number. */
export interface UpstreamOfVersion {
  readonly package: string;
  readonly version: string;
}

/** Whether the distribution's Python has what upstream's block_device imports. */
export const hasBlockDevice = await promisify(execFile)(PYTHON, ["-c", "import networkx, stevedore"]).then(
  () => true,
  () => false,
);

/** What upstream's block_device of a version does with each configuration, by name. */
export async function askUpstream(
  { package: root }: UpstreamOfVersion,
  configs: Readonly<Record<string, string>>,
): Promise<Record<string, Upstream>> {
  const scratch = await mkdtemp(join(tmpdir(), "dibkit-oracle-"));
  try {
    const script = join(dirname(fileURLToPath(import.meta.url)), "upstream-block-device.py");
    const env = { ...process.env, PYTHONPATH: dirname(root), PYTHONDONTWRITEBYTECODE: "1" };
    const running = promisify(execFile)(PYTHON, [script], { maxBuffer: 64 * 1024 * 1024, env });
    running.child.stdin?.end(JSON.stringify({ directory: scratch, size: `${DISK_BYTES}`, configs }));
    return JSON.parse((await running).stdout) as Record<string, Upstream>;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Asserts that dibkit plans a configuration as upstream carries it out. */
export function expectSame(name: string, text: string, theirs: Upstream, version: string): void {
  const ours = examine(name, text, version);
  if ("refused" in ours) {
    expect(theirs.error, name).toEqual(expect.any(String));
    expect(ours.refused, name).toContain(REFUSED[name] ?? "a reason in the table");
    return;
  }
  expect(theirs.error, name).toBe(undefined);
  expect(ours.flat, name).toEqual(theirs.flat);
  expect(ours.order, name).toEqual(theirs.order);
  expect(ours.commands, name).toEqual(recordedWork(theirs.commands ?? []));
  expect(ours.plan.fstab, name).toBe(theirs.fstab);
  expect(ours.plan.environment.DIB_MOUNTPOINTS, name).toBe(theirs.mountPoints?.join("|"));
  if (ours.sectors !== undefined) expect(ours.sectors, name).toEqual(theirs.sectors);
}

/** Every configuration upstream ships, those of its tests, and a few that neither has. */
export async function configurations({ package: root }: UpstreamOfVersion): Promise<Record<string, string>> {
  const found: Record<string, string> = { ...OWN };
  const tests = join(root, "block_device", "tests", "config");
  for (const name of await readdir(tests)) found[`tests/${name}`] = await readFile(join(tests, name), "utf8");
  for (const path of await readdir(join(root, "elements"), { recursive: true })) {
    const name = path.split("/");
    if (name.length !== 2 || !/^block-device-.*\.yaml$/.test(name[1] ?? "")) continue;
    found[path] = await readFile(join(root, "elements", path), "utf8");
  }
  return found;
}

const partition = (name: string, size: string, more = "") => `      - name: ${name}\n        size: ${size}\n${more}`;
const mounted = (name: string, point: string) =>
  `- mkfs:\n    name: fs_${name}\n    base: ${name}\n    type: ext4\n    mount:\n      mount_point: ${point}\n      fstab:\n        options: noatime\n`;
const table = (partitions: string, more = "") =>
  `- local_loop:\n    name: image0\n- partitioning:\n    base: image0\n    label: mbr\n${more}    partitions:\n${partitions}`;
const OWN: Readonly<Record<string, string>> = {
  "own/primary and logical": `${table(
    partition("a", "1GiB", "        flags: [ primary, boot ]\n        type: '0x0c'\n") +
      partition("b", "7.5G", "        flags: [ primary ]\n") +
      partition("c", "30%") +
      partition("d", "1MiB", "        type: '82'\n") +
      partition("e", "100%"),
  )}${mounted("a", "/")}${mounted("c", "/var")}`,
  "own/align 4KiB": `${table(partition("a", "10MB", "        flags: [ primary ]\n") + partition("b", "11MB") + partition("c", "100%"), "    align: 4KiB\n")}${mounted("a", "/")}`,
  "own/align 64KiB, four primaries": `${table(
    ["a", "b", "c", "d"].map((name) => partition(name, "17%", "        flags: [ primary ]\n")).join(""),
    "    align: 64KiB\n",
  )}${mounted("d", "/")}${mounted("a", "/srv")}`,
  "own/many mounts": `${table(["a", "b", "c", "d", "e", "f"].map((name) => partition(name, "1GiB")).join(""))}${[
    ["a", "/var"],
    ["b", "/home"],
    ["c", "/srv"],
    ["d", "/"],
    ["e", "/home/user"],
    ["f", "/boot"],
  ]
    .map(([name, point]) => mounted(name as string, point as string))
    .join("")}`,
};

/** Upstream's test configurations that are wrong on purpose or incomplete, and what is said of them. Upstream refuses each. */
const REFUSED: Readonly<Record<string, string>> = {
  "tests/bad_edge_graph.yaml": 'mkfs "mkfs_root" has the base "this_is_not_a_node", which does not exist',
  "tests/bad_plugin.yaml": 'unknown kind "this_is_not_a_plugin_name"',
  "tests/cmd_create.yaml": 'unknown kind "test_a"',
  "tests/duplicate_fs_labels.yaml": 'mkfs "mkfs_var" has the label "duplicate" of mkfs "mkfs_root"',
  "tests/duplicate_name.yaml": 'mount "this_is_a_duplicate" has the name of local_loop "this_is_a_duplicate"',
  "tests/lvm_tree_multiple_partitions.yaml":
    'type "EF00" of partition "ESP" is not a hexadecimal number from 0x00 to 0xff',
  "tests/multi_key_node.yaml": 'entry 1 has 2 keys but one is allowed: "mkfs" or "mount"',
  "tests/rollback.yaml": 'unknown kind "test_a"',
  "tests/simple_graph.yaml": 'mkfs "root_fs" has the base "root_part", which does not exist',
  "tests/simple_tree.yaml": 'mkfs "root_fs" has the base "root_part", which does not exist',
  "tests/too_long_fs_label.yaml": 'label "this_label_is_too_long_to_work_with_xfs" has 39 characters but xfs stores 12',
};

function examine(name: string, text: string, version: string) {
  const { config, diagnostics } = parseBlockDeviceGraph({ path: name, text });
  const messages = diagnostics.map(({ message }) => message).join("; ");
  if (config === undefined) return { refused: messages };
  const planned = planDisk(config, {
    imageBytes: DISK_BYTES,
    rootMkfsOptions: "-i 4096 -J size=64",
    volumeSizesInUnits: upstreamHas("volumeSizesInUnits", version),
  });
  if (planned.plan === undefined) return { refused: planned.diagnostics.map(({ message }) => message).join("; ") };
  return {
    flat: config.entries.map(({ kind, values }) => ({ [kind]: values })),
    order: orderBlockDevices(config, () => {}).map((node) => node.name),
    plan: planned.plan,
    commands: plannedWork(planned.plan),
    sectors: plannedSectors(planned.plan),
  };
}

/** The commands of a plan, as its nodes give them. */
function plannedWork(plan: DiskPlan): readonly (readonly string[])[] {
  const devices = new Map<string, string>();
  const filesystems = new Map<string, string>();
  const work: (readonly string[])[] = [];
  for (const node of plan.nodes) {
    if (node.kind === "local-loop") devices.set(node.name, "/dev/loop9");
    if (node.kind === "partition") devices.set(node.name, `/dev/loop9p${node.number}`);
    if (node.kind === "partition-table" && node.label === "gpt") work.push(["sgdisk", ...sgdiskArguments(node)]);
    if (node.kind === "lvm") {
      for (const { name, base } of node.logicalVolumes) devices.set(name, `/dev/mapper/${base}-${name}`);
      work.push(...lvmCommands(node, devices));
    }
    if (node.kind === "mkfs") {
      filesystems.set(node.name, devices.get(node.base) ?? "");
      work.push(mkfsCommand(node, node.uuid ?? "UUID", devices.get(node.base) ?? ""));
    }
    // Nobody mounts swap.
    const isSwap = plan.nodes.some(
      (one) => one.kind === "mkfs" && one.type === "swap" && node.kind === "mount" && one.name === node.base,
    );
    if (node.kind === "mount" && !isSwap)
      work.push(["mount", filesystems.get(node.base) ?? "", join("/target", node.mountPoint)]);
  }
  return work;
}

/** Upstream's commands without those that make devices appear, its partition devices named as the kernel does. */
function recordedWork(commands: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return commands
    .filter(([program]) => !["losetup", "sync", "kpartx", "dmsetup", "mkdir"].includes(program ?? ""))
    .map(([program, ...rest]) => [program ?? "", ...(program === "sgdisk" ? rest.slice(1) : rest)])
    .map((command) =>
      command.map((word) => word.replace("/dev/mapper/loop9p", "/dev/loop9p").replace(/(?<=^\/target)\/$/, "/")),
    );
}

/** Sectors that the partition table of a plan writes; undefined when sgdisk writes it. */
function plannedSectors(plan: DiskPlan): Record<string, string> | undefined {
  const mbr = plan.nodes.find((node) => node.kind === "partition-table" && node.label === "mbr");
  if (mbr?.kind !== "partition-table") return undefined;
  const sectors: Record<string, Buffer> = {};
  for (const { offset, bytes } of mbrPatches(mbr, DISK_BYTES, 0x12345678)) {
    const number = Math.floor(offset / 512);
    sectors[number] ??= Buffer.alloc(512);
    sectors[number]?.set(bytes, offset % 512);
  }
  return Object.fromEntries(Object.entries(sectors).map(([number, data]) => [number, data.toString("hex")]));
}
