import { createHash } from "node:crypto";
import type { ImageParts } from "./image-parts.js";

/** What every format of a bill of materials is made from. */
export interface BillRequest {
  readonly parts: ImageParts;
  /** When the image was built. */
  readonly created: Date;
  /** dibkit's version. */
  readonly version: string;
}

/** A UUID that is the same for the same parts, so that a second bill of one image is the same document. */
export function documentUuid({ parts, created }: BillRequest): string {
  const hex = createHash("sha256")
    .update(JSON.stringify([parts, created]))
    .digest("hex");
  // Version 8 of RFC 9562: made by its user's own rule.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Bytes of names that are not UTF-8 are lone surrogates in strings, which no JSON reader takes. */
export function shownPath(path: string): string {
  return path.replace(/[\uDC80-\uDCFF]/g, (unit) => `%${(unit.charCodeAt(0) - 0xdc00).toString(16).toUpperCase()}`);
}
