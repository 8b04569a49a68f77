import { textValue } from "../block-device-entry.js";
import { defineNodeKind, needOfBase } from "../node-kind.js";

export default defineNodeKind({
  kind: "fstab",
  summary: "a line of /etc/fstab for a mount",
  fields: {
    name: { takes: "text", required: true, summary: "name of the line" },
    base: { takes: "text", required: true, summary: "the mount" },
    options: { takes: "text", summary: "mount options; defaults when missing" },
    "dump-freq": { takes: "count", summary: "fifth field; 0 when missing" },
    "fsck-passno": { takes: "count", summary: "sixth field; 2 when missing" },
  },
  nodes: (entry) => [
    {
      name: entry.name,
      role: "none",
      words: `fstab "${entry.name}"`,
      location: entry.locate(["name"]),
      after: needOfBase(entry, ["mount"]),
      plan: () => [
        {
          kind: "fstab",
          name: entry.name,
          base: String(entry.values.base),
          options: textValue(entry, "options") ?? "defaults",
          dumpFrequency: String(entry.values["dump-freq"] ?? 0),
          checkPass: String(entry.values["fsck-passno"] ?? 2),
        },
      ],
    },
  ],
});
