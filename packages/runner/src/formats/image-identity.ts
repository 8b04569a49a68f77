import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { FormatRequest } from "./format.js";

/**
 * Bytes in place of random ones (at most 32), the same for an image of the same name and `SOURCE_DATE_EPOCH`; `purpose`
 * tells the identifiers of one file apart.
 */
export function identityBytes(request: FormatRequest, purpose: string, length: number): Buffer {
  const { outputPath, sourceDate } = request;
  const text = JSON.stringify([basename(outputPath), sourceDate, purpose]);
  return createHash("sha256").update(text).digest().subarray(0, length);
}

/** Bytes of a UUID made in the same way, in the order they are printed. */
export function identityUuid(request: FormatRequest, purpose: string): Buffer {
  const bytes = Buffer.from(identityBytes(request, purpose, 16));
  // Version 8 of RFC 9562: made by its user's own rule.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}
