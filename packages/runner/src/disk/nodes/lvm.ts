import type { LvmNode } from "@dibkit/model";
import { err, ok, type Result } from "@dibkit/model";
import type { DiskFailure } from "../disk-failure.js";
import { defineDiskNode } from "../disk-node.js";
import { readText } from "../host-filesystems.js";
import { withoutUdev } from "../without-udev.js";

/** Commands that set LVM up, as upstream gives them (level1/lvm.py): all physical volumes, then groups, then volumes. */
export function lvmCommands(node: LvmNode, devices: ReadonlyMap<string, string>): readonly (readonly string[])[] {
  const deviceOfVolume = (name: string) => {
    const base = node.physicalVolumes.find((volume) => volume.name === name)?.base ?? "";
    return devices.get(base) ?? "";
  };
  return [
    ...node.physicalVolumes.map(({ base, options }) => ["pvcreate", devices.get(base) ?? "", ...options]),
    ...node.volumeGroups.map(({ name, base, options }) => ["vgcreate", name, ...base.map(deviceOfVolume), ...options]),
    ...node.logicalVolumes.map((volume) => [
      "lvcreate",
      "--name",
      volume.name,
      ...(volume.type === null ? [] : ["--type", volume.type]),
      ...(volume.thinPool === null ? [] : ["--thin-pool", volume.thinPool]),
      ...sizeOptions(volume),
      ...volume.options,
      volume.base,
    ]),
  ];
}

/** A thin volume has a virtual size, which lvcreate takes under another option. */
function sizeOptions({ size, extents, type }: LvmNode["logicalVolumes"][number]): readonly string[] {
  if (size !== null) return [type === "thin" ? "-V" : "-L", size];
  return extents === null ? [] : ["-l", extents];
}

/** Device-mapper joins group and volume with a dash and doubles the dashes inside them. */
function mapperDevice(group: string, volume: string): string {
  return `/dev/mapper/${group.replaceAll("-", "--")}-${volume.replaceAll("-", "--")}`;
}

function checkDeviceMapper(node: LvmNode): DiskFailure | undefined {
  if (/^\s*\d+ device-mapper$/m.test(readText("/proc/devices"))) return undefined;
  return {
    kind: "host-cannot",
    node: node.name,
    message: `lvm "${node.name}" needs device-mapper, which this kernel does not have`,
    help: 'load it with "modprobe dm-mod", or use a configuration without lvm such as block-device-mbr or block-device-efi',
  };
}

export default defineDiskNode({
  kind: "lvm",
  tools: () =>
    ["pvcreate", "vgcreate", "lvcreate", "vgchange", "lvchange"].map((program) => ({
      program,
      debianPackage: "lvm2",
      purpose: "make LVM volumes",
    })),
  check: checkDeviceMapper,
  // A copy has the same volume group, which can be active only once on a machine.
  canBeKept: () => false,
  async create(node, state) {
    const cannot = checkDeviceMapper(node);
    if (cannot !== undefined) return err(cannot);
    state.onTakeDown(`deactivate lvm ${node.name}`, async () => {
      const commands = [
        ...node.logicalVolumes.map(({ name, base }) => ["lvchange", "-an", `/dev/${base}/${name}`]),
        ...node.volumeGroups.map(({ name }) => ["vgchange", "-an", name]),
      ];
      let failed: Result<unknown, DiskFailure> = ok(undefined);
      for (const command of commands) {
        const done = await state.clean(node.name, [...withoutUdev(), ...command]);
        if (!done.ok && failed.ok) failed = done;
      }
      // Where udev runs it may still look at the volumes, which keeps the disk below them busy.
      await state.clean(node.name, ["udevadm", "settle"]);
      return failed;
    });
    for (const command of lvmCommands(node, state.devices)) {
      const done = await state.run(node.name, [...withoutUdev(), ...command]);
      if (!done.ok) return done;
    }
    for (const { name, base } of node.logicalVolumes) state.devices.set(name, mapperDevice(base, name));
    return ok(undefined);
  },
});
