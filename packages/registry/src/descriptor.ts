import { createHash } from "node:crypto";

/** What a manifest says of a blob. */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `sha256:…` of some bytes. */
export function sha256Digest(bytes: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** A digest as messages show it. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 19);
}
