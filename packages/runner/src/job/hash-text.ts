import { createHash } from "node:crypto";

/** First 40 hex digits of the SHA-256. */
export function hashText(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 40);
}
