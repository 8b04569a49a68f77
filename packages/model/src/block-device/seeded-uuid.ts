import { createHash } from "node:crypto";

/** A UUID that is the same for the same seed and purpose. */
export function seededUuid(seed: string, purpose: string): string {
  const hex = createHash("sha256").update(`${seed}\0${purpose}`).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  // Version 8 of RFC 9562: made by its user's own rule.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}
