import type { FileHandle } from "node:fs/promises";
import { crc32c } from "./crc32c.js";
import type { FormatRequest } from "./format.js";
import { identityUuid } from "./image-identity.js";
import { defineQemuFormat } from "./qemu-image.js";
import { readBytes } from "./read-bytes.js";

// Offsets and sizes of [MS-VHDX].
const HEADERS = [64 * 1024, 128 * 1024];
const HEADER_SIZE = 4096;
const HEADER = { checksum: 4, sequence: 8, fileWrite: 16, dataWrite: 32, log: 48, logLength: 68, logOffset: 72 };
const REGIONS = 192 * 1024;
const TABLE_SIZE = 64 * 1024;
const METADATA_REGION = guid("8b7ca206-4790-4b9a-b8fe-575f050f886e");
const PAGE_83 = guid("beca12ab-b2e6-4523-93ef-c309e000c746");

/** The bytes of a GUID as Microsoft stores it: the first three groups little-endian. */
function guid(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll("-", ""), "hex");
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

/** Two headers have random GUIDs and a random sequence number, the metadata an identifier; the log is a left-over. */
async function settle(file: FileHandle, request: FormatRequest): Promise<void> {
  if (request.sourceDate === undefined) return;
  const headers = await Promise.all(HEADERS.map((offset) => readBytes(file, offset, HEADER_SIZE)));
  const sequences = headers.map((header) => header.readBigUInt64LE(HEADER.sequence));
  for (const [index, header] of headers.entries()) {
    // With a log that is in use the identifiers mean something.
    if (!header.subarray(HEADER.log, HEADER.log + 16).every((byte) => byte === 0)) return;
    const newer = sequences.some((other) => other < (sequences[index] ?? 0n));
    header.writeBigUInt64LE(newer ? 2n : 1n, HEADER.sequence);
    identityUuid(request, "vhdx file").copy(header, HEADER.fileWrite);
    identityUuid(request, "vhdx data").copy(header, HEADER.dataWrite);
    header.writeUInt32LE(0, HEADER.checksum);
    header.writeUInt32LE(crc32c(header), HEADER.checksum);
  }
  for (const [index, header] of headers.entries()) await file.write(header, 0, HEADER_SIZE, HEADERS[index]);
  const [first] = headers;
  if (first !== undefined) await clearLog(file, first);
  await settlePage83(file, request);
}

async function clearLog(file: FileHandle, header: Buffer): Promise<void> {
  const length = header.readUInt32LE(HEADER.logLength);
  await file.write(Buffer.alloc(length), 0, length, Number(header.readBigUInt64LE(HEADER.logOffset)));
}

/** The SCSI identifier of the disk is an item of the metadata region, which the region table names. */
async function settlePage83(file: FileHandle, request: FormatRequest): Promise<void> {
  const regions = await readBytes(file, REGIONS, TABLE_SIZE);
  const region = find(regions, 16, METADATA_REGION);
  if (region === undefined) return;
  const start = Number(regions.readBigUInt64LE(region + 16));
  const metadata = await readBytes(file, start, TABLE_SIZE);
  const item = find(metadata, 32, PAGE_83);
  if (item === undefined) return;
  await file.write(identityUuid(request, "vhdx disk"), 0, 16, start + metadata.readUInt32LE(item + 16));
}

/** Offset of the 32-byte entry that begins with a GUID. */
function find(table: Buffer, first: number, wanted: Buffer): number | undefined {
  for (let at = first; at + 32 <= table.length; at += 32) if (table.subarray(at, at + 16).equals(wanted)) return at;
  return undefined;
}

export default defineQemuFormat({ name: "vhdx", summary: "Hyper-V's format", settle });
