import { textValue } from "../block-device-entry.js";
import { filesystemOf, ROOT_FILESYSTEM } from "../filesystem-labels.js";
import { defineNodeKind, needOfBase } from "../node-kind.js";

export default defineNodeKind({
  kind: "mkfs",
  summary: "a filesystem",
  fields: {
    name: { takes: "text", required: true, summary: "name of the filesystem" },
    base: { takes: "text", required: true, summary: "the partition, disk or logical volume it is made on" },
    type: { takes: "text", summary: "ext2, ext3, ext4, xfs, vfat, btrfs or swap" },
    label: { takes: "text", summary: "label; the name when missing" },
    opts: { takes: "text", summary: "options of mkfs, separated by spaces" },
    uuid: { takes: "text", summary: "UUID; random when missing" },
  },
  check(entry, report) {
    if (filesystemOf(entry).type !== undefined) return;
    report("missing-key", `mkfs "${entry.name}" has no "type"`, entry.locate([]), {
      help: `add "type: ext4" (only ${ROOT_FILESYSTEM} may leave it out)`,
    });
  },
  nodes: (entry) => [
    {
      name: entry.name,
      role: "filesystem",
      words: `mkfs "${entry.name}"`,
      location: entry.locate(["name"]),
      after: needOfBase(entry, ["disk", "partition", "logical-volume"]),
      plan: ({ uuidOf }) => {
        const { type, label } = filesystemOf(entry);
        return [
          {
            kind: "mkfs",
            name: entry.name,
            base: String(entry.values.base),
            type: type ?? "ext4",
            label,
            options: textValue(entry, "opts")?.trim().split(" ") ?? [],
            uuid: textValue(entry, "uuid") ?? uuidOf(`mkfs ${entry.name}`),
          },
        ];
      },
    },
  ],
});
