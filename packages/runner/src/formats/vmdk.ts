import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import type { FormatRequest } from "./format.js";
import { identityBytes } from "./image-identity.js";
import { defineQemuFormat } from "./qemu-image.js";
import { readBytes } from "./read-bytes.js";

const SECTOR = 512;
const DESCRIPTOR_OFFSET = 28;
const DESCRIPTOR_SIZE = 36;

/**
 * The descriptor inside the file names the file, which had a temporary name when it was written, and has a random content
 * id. Kinds of VMDK that are several files have no descriptor inside and are left alone.
 */
async function settle(file: FileHandle, request: FormatRequest): Promise<void> {
  const header = await readBytes(file, 0, SECTOR);
  if (header.subarray(0, 4).toString("latin1") !== "KDMV") return;
  const offset = Number(header.readBigUInt64LE(DESCRIPTOR_OFFSET)) * SECTOR;
  const size = Number(header.readBigUInt64LE(DESCRIPTOR_SIZE)) * SECTOR;
  if (offset === 0 || size === 0) return;
  const text = (await readBytes(file, offset, size)).toString("latin1").replace(/\0+$/, "");
  const named = text.replace(/^(RW \d+ SPARSE) "[^"]*"/m, `$1 "${basename(request.outputPath)}.vmdk"`);
  const id = identityBytes(request, "vmdk content", 4).toString("hex");
  const settled = request.sourceDate === undefined ? named : named.replace(/^CID=[0-9a-f]{1,8}$/m, `CID=${id}`);
  const bytes = Buffer.alloc(size);
  // The name may be longer than the temporary one only in theory; a descriptor that does not fit stays as it is.
  if (bytes.write(settled, "latin1") < settled.length) return;
  await file.write(bytes, 0, size, offset);
}

export default defineQemuFormat({ name: "vmdk", summary: "VMware's format", settle });
