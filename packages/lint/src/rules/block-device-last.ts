import { parseBlockDeviceGraph, textOf } from "@dibkit/model";
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
  *check({ element, views }) {
    for (const { file } of views.blockDevices.value) {
      const { config } = parseBlockDeviceGraph(textOf(element, file));
      for (const entry of config?.entries ?? []) {
        if (entry.kind !== "partitioning" || !Array.isArray(entry.values.partitions)) continue;
        const partitions = entry.values.partitions as readonly { readonly name?: unknown; readonly size?: unknown }[];
        const index = partitions.findIndex((partition) => /^\s*100\s*%\s*$/.test(String(partition?.size ?? "")));
        const next = index === -1 ? undefined : partitions[index + 1];
        if (next === undefined) continue;
        yield {
          message: `partition "${String(partitions[index]?.name)}" takes 100% of what is free, so nothing is left for "${String(next.name)}"`,
          help: "move it to the end of the list",
          location: entry.locate(["partitions", index, "size"]),
        };
      }
    }
  },
});
