import { textValue } from "../block-device-entry.js";
import { defineNodeKind } from "../node-kind.js";
import { parseSize } from "../size.js";

export default defineNodeKind({
  kind: "local_loop",
  summary: "a raw image file, seen as a disk through a loop device",
  fields: {
    name: { takes: "text", required: true, summary: "name of the disk; the first one is image0" },
    base: { takes: "text", summary: "unused" },
    size: { takes: "size", summary: "bytes of the disk; computed from the image when missing" },
    directory: { takes: "text", summary: "where the raw file is put" },
    block_size: {
      takes: "count",
      values: ["512", "1024", "2048", "4096"],
      summary: "bytes per sector",
    },
  },
  nodes: (entry) => [
    {
      name: entry.name,
      role: "disk",
      words: `local_loop "${entry.name}"`,
      location: entry.locate(["name"]),
      after: [],
      plan: ({ parameters, blockSize }) => {
        const size = textValue(entry, "size");
        return [
          {
            kind: "local-loop",
            name: entry.name,
            bytes: (size === undefined ? parameters.imageBytes : parseSize(size)) ?? null,
            blockSize: blockSize(entry.name),
            directory: textValue(entry, "directory") ?? null,
          },
        ];
      },
    },
  ],
});
