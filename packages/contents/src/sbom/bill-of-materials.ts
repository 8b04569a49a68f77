import { seededUuid } from "@dibkit/model";
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
  return seededUuid(JSON.stringify([parts, created]), "bill of materials");
}

/** Bytes of names that are not UTF-8 are lone surrogates in strings, which no JSON reader takes. */
export function shownPath(path: string): string {
  return path.replace(/[\uDC80-\uDCFF]/g, (unit) => `%${(unit.charCodeAt(0) - 0xdc00).toString(16).toUpperCase()}`);
}
