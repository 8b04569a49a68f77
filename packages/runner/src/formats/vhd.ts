import type { FileHandle } from "node:fs/promises";
import type { FormatRequest } from "./format.js";
import { identityUuid } from "./image-identity.js";
import { defineQemuFormat } from "./qemu-image.js";
import { readBytes } from "./read-bytes.js";

const FOOTER = 512;
const COOKIE = "conectix";
const TIME_OFFSET = 24;
const CHECKSUM_OFFSET = 64;
const UUID_OFFSET = 68;
/** The format counts seconds from the year 2000. */
const YEAR_2000 = Date.UTC(2000, 0) / 1000;

/** The footer, and its copy at the beginning of a dynamic disk, have the time of creation and a UUID. */
async function settle(file: FileHandle, request: FormatRequest): Promise<void> {
  if (request.sourceDate === undefined) return;
  const { size } = await file.stat();
  for (const offset of [0, size - FOOTER]) {
    const footer = await readBytes(file, offset, FOOTER);
    if (footer.subarray(0, COOKIE.length).toString("latin1") !== COOKIE) continue;
    footer.writeUInt32BE(Math.max(0, request.sourceDate - YEAR_2000), TIME_OFFSET);
    identityUuid(request, "vhd").copy(footer, UUID_OFFSET);
    footer.writeUInt32BE(0, CHECKSUM_OFFSET);
    const sum = footer.reduce((total, byte) => total + byte, 0);
    footer.writeUInt32BE(~sum >>> 0, CHECKSUM_OFFSET);
    await file.write(footer, 0, FOOTER, offset);
  }
}

export default defineQemuFormat({
  name: "vhd",
  driver: "vpc",
  summary: "Virtual PC's format, for Xen and Azure",
  // Without it the size is rounded to the geometry of an ancient disk.
  options: () => ({ switches: [], creation: ["force_size=on"] }),
  settle,
});
