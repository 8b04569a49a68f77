import type { DataNode, Location } from "@dibkit/model";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "block-device-last",
  summary: "the partition that takes all the space is the last one",
  why: "A partition of 100% takes all that is free when its turn comes: nothing is left for those after it, and the partitioner fails after all packages are installed.",
  upstream: "Partitions are made in the order of the list; a percentage is a share of what is still free.",
  fix: "Move the partition to the end of the list, or give it a size.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "disk/block-device-default.yaml":
        "- local_loop:\n    name: image0\n- partitioning:\n    base: image0\n    label: gpt\n    partitions:\n      - name: root\n        size: 100%\n      - name: swap\n        size: 1GiB\n",
    },
    good: {
      "disk/block-device-default.yaml":
        "- local_loop:\n    name: image0\n- partitioning:\n    base: image0\n    label: gpt\n    partitions:\n      - name: swap\n        size: 1GiB\n      - name: root\n        size: 100%\n",
    },
  },
  *check({ views }) {
    for (const { root } of views.blockDevices.value) {
      for (const list of partitionLists(root)) {
        const index = list.findIndex((partition) => /^100\s*%$/.test(textAt(partition, "size")?.text ?? ""));
        const all = list[index];
        const next = list[index + 1];
        if (all === undefined || next === undefined) continue;
        yield {
          message: `partition "${textAt(all, "name")?.text}" takes 100% of what is free, so nothing is left for "${textAt(next, "name")?.text}"`,
          help: "move it to the end of the list",
          location: textAt(all, "size")?.location ?? all.location,
        };
      }
    }
  },
});

/** Every list under a key `partitions`, however deep the notation nests it. */
function partitionLists(root: DataNode | undefined): readonly (readonly DataNode[])[] {
  const lists: (readonly DataNode[])[] = [];
  const pending = root === undefined ? [] : [root];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.kind === "sequence") pending.push(...node.items);
    if (node.kind !== "mapping") continue;
    for (const { key, node: value } of node.entries) {
      if (key === "partitions" && value.kind === "sequence") lists.push(value.items);
      pending.push(value);
    }
  }
  return lists;
}

function textAt(node: DataNode, key: string): { readonly text: string; readonly location: Location } | undefined {
  const entry = node.kind === "mapping" ? node.entries.find((one) => one.key === key) : undefined;
  return entry?.node.kind === "scalar"
    ? { text: String(entry.node.value).trim(), location: entry.node.location }
    : undefined;
}
