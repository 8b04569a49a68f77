import type { FileHandle } from "node:fs/promises";
import type { FormatRequest } from "./format.js";
import { identityUuid } from "./image-identity.js";
import { defineQemuFormat } from "./qemu-image.js";

/** Where the header of version 1.1 has the UUIDs of the image and of its last snapshot. */
const UUIDS = { image: 0x188, snapshot: 0x198 };

async function settle(file: FileHandle, request: FormatRequest): Promise<void> {
  if (request.sourceDate === undefined) return;
  for (const [name, offset] of Object.entries(UUIDS)) {
    await file.write(identityUuid(request, `vdi ${name}`), 0, 16, offset);
  }
}

export default defineQemuFormat({ name: "vdi", summary: "VirtualBox's format", settle });
