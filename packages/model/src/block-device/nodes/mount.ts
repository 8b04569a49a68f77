import { defineNodeKind, type Need, needOfBase } from "../node-kind.js";

export default defineNodeKind({
  kind: "mount",
  summary: "a place where a filesystem is mounted",
  fields: {
    name: { takes: "text", required: true, summary: "name of the mount" },
    base: { takes: "text", required: true, summary: "the filesystem" },
    mount_point: { takes: "text", required: true, summary: "where in the image, such as /" },
  },
  nodes: (entry, { entries, mountOrder }) => {
    const mountPoint = String(entry.values.mount_point);
    const previous = mountOrder[mountOrder.indexOf(mountPoint) - 1];
    const outer = entries.find((other) => other.kind === "mount" && other.values.mount_point === previous);
    const location = entry.locate(["mount_point"]);
    const after: Need[] = previous === undefined || outer === undefined ? [] : [{ name: outer.name, location }];
    return [
      {
        name: entry.name,
        role: "mount",
        words: `mount "${entry.name}"`,
        location: entry.locate(["name"]),
        after: [...after, ...needOfBase(entry, ["filesystem"])],
        plan: () => [{ kind: "mount", name: entry.name, base: String(entry.values.base), mountPoint }],
      },
    ];
  },
});
