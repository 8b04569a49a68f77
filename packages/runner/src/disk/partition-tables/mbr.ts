import { randomInt } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { ok } from "@dibkit/model";
import { mbrPatches } from "./mbr-bytes.js";
import { definePartitionTable } from "./partition-table.js";

export default definePartitionTable({
  label: "mbr",
  tools: [],
  async write(table, imagePath) {
    const { size } = await stat(imagePath);
    const diskId = table.uuid === null ? randomInt(2 ** 32) : Number.parseInt(table.uuid.slice(0, 8), 16);
    const file = await open(imagePath, "r+");
    try {
      for (const { offset, bytes } of mbrPatches(table, size, diskId)) await file.write(bytes, 0, bytes.length, offset);
      await file.sync();
    } finally {
      await file.close();
    }
    return ok(undefined);
  },
});
