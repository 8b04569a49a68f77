import type { BlockDeviceEntry } from "../block-device-entry.js";
import type { LvmNode } from "../disk-plan.js";
import { defineNodeKind, type GraphNode, type Need, type NodeRole } from "../node-kind.js";
import { parseSize } from "../size.js";

type Volume = Readonly<Record<string, unknown>>;

const volumes = (entry: BlockDeviceEntry, key: string) => entry.values[key] as readonly Volume[];
const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
const textOrNull = (value: unknown) => (typeof value === "string" ? value : null);

const VOLUME_OPTIONS = { takes: "texts", summary: "options of the LVM tool" } as const;

export default defineNodeKind({
  kind: "lvm",
  summary: "physical volumes, volume groups and logical volumes",
  fields: {
    name: { takes: "text", required: true, summary: "name of the whole" },
    base: { takes: "text-or-texts", summary: "unused; the physical volumes name their partitions" },
    pvs: {
      takes: "entries",
      required: true,
      summary: "physical volumes",
      fields: {
        name: { takes: "text", required: true, summary: "name of the physical volume" },
        base: { takes: "text", required: true, summary: "the partition or disk it is made on" },
        options: VOLUME_OPTIONS,
      },
    },
    vgs: {
      takes: "entries",
      required: true,
      summary: "volume groups",
      fields: {
        name: { takes: "text", required: true, summary: "name of the volume group" },
        base: { takes: "texts", required: true, summary: "its physical volumes" },
        options: VOLUME_OPTIONS,
      },
    },
    lvs: {
      takes: "entries",
      required: true,
      summary: "logical volumes",
      fields: {
        name: { takes: "text", required: true, summary: "name of the logical volume" },
        base: { takes: "text", required: true, summary: "its volume group" },
        size: { takes: "text", summary: "size such as 500MiB; before diskimage-builder 3.23 in lvcreate's words" },
        extents: { takes: "text", summary: "size in extents or shares, such as 23%VG" },
        type: { takes: "text", values: ["thin", "thin-pool"], summary: "thin or thin-pool" },
        "thin-pool": { takes: "text", summary: "the pool of a thin volume" },
        options: VOLUME_OPTIONS,
      },
    },
  },
  check(entry, report) {
    for (const [index, volume] of volumes(entry, "lvs").entries()) {
      if (volume.size !== undefined || volume.extents !== undefined) continue;
      report("missing-key", `lvs "${volume.name}" has neither "size" nor "extents"`, entry.locate(["lvs", index]), {
        help: 'add "size" or "extents"',
      });
    }
  },
  nodes(entry) {
    const physical = volumes(entry, "pvs").map((_, index) => placeholder(entry, "pvs", index, "physical-volume", []));
    const groups = volumes(entry, "vgs").map((volume, index) => {
      const after = texts(volume.base).map((name, at) => ({
        name,
        location: entry.locate(["vgs", index, "base", at]),
        roles: ["physical-volume"] as const,
      }));
      return placeholder(entry, "vgs", index, "volume-group", after);
    });
    const logical = volumes(entry, "lvs").map((volume, index) => {
      const location = entry.locate(["lvs", index, "base"]);
      return placeholder(entry, "lvs", index, "logical-volume", [
        { name: String(volume.base), location, roles: ["volume-group"] },
      ]);
    });
    // One node between the partitions and all volumes, because LVM is set up and taken down as a whole.
    const whole: GraphNode = {
      name: entry.name,
      role: "none",
      words: `lvm "${entry.name}"`,
      location: entry.locate(["name"]),
      after: volumes(entry, "pvs").map((volume, index) => ({
        name: String(volume.base),
        location: entry.locate(["pvs", index, "base"]),
        roles: ["disk", "partition"],
      })),
      before: physical.map(({ name, location }) => ({ name, location })),
      plan: ({ parameters }) => [lvmNode(entry, parameters.volumeSizesInUnits ?? true)],
    };
    return [...physical, ...groups, ...logical, whole];
  },
});

function placeholder(
  entry: BlockDeviceEntry,
  key: string,
  index: number,
  role: NodeRole,
  after: readonly Need[],
): GraphNode {
  const name = String(volumes(entry, key)[index]?.name);
  return { name, role, words: `${key} "${name}"`, location: entry.locate([key, index, "name"]), after, plan: () => [] };
}

/** LVM's own; volumes are whole numbers of it. */
const EXTENT_BYTES = 4 * 1024 * 1024;

/** What is not a size is left to lvcreate, which says what is wrong with it. */
function volumeSize(size: unknown, inUnits: boolean): string | null {
  const bytes = inUnits && typeof size === "string" ? parseSize(size) : undefined;
  return bytes === undefined ? textOrNull(size) : `${bytes - (bytes % EXTENT_BYTES)}B`;
}

function lvmNode(entry: BlockDeviceEntry, sizesInUnits: boolean): LvmNode {
  return {
    kind: "lvm",
    name: entry.name,
    physicalVolumes: volumes(entry, "pvs").map((volume) => ({
      name: String(volume.name),
      base: String(volume.base),
      options: texts(volume.options),
    })),
    volumeGroups: volumes(entry, "vgs").map((volume) => ({
      name: String(volume.name),
      base: texts(volume.base),
      options: texts(volume.options),
    })),
    logicalVolumes: volumes(entry, "lvs").map((volume) => ({
      name: String(volume.name),
      base: String(volume.base),
      size: volumeSize(volume.size, sizesInUnits),
      extents: textOrNull(volume.extents),
      type: textOrNull(volume.type),
      thinPool: textOrNull(volume["thin-pool"]),
      options: texts(volume.options),
    })),
  };
}
