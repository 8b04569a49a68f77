import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { StreamedBody } from "../openstack/http-client.js";

/** The bytes of a file as a request body, hashed on their way so that the file is read once. */
export interface ImageData extends StreamedBody {
  /** Bytes taken so far. */
  sent(): number;
  /** Hex digests of all bytes; complete once `sent` is `length`. */
  digests(): { readonly md5: string; readonly sha512: string };
}

const CHUNK_BYTES = 1024 * 1024;

/** At most a few chunks are in memory: the next one is read when the socket has taken the last. */
export function openImageData(path: string, length: number, onProgress: (sent: number) => void): ImageData {
  const md5 = createHash("md5");
  const sha512 = createHash("sha512");
  let sent = 0;
  let digests: ReturnType<ImageData["digests"]> | undefined;
  async function* chunks() {
    // A file that grows meanwhile must not break the announced length.
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES, end: length - 1 })) {
      md5.update(chunk as Buffer);
      sha512.update(chunk as Buffer);
      sent += (chunk as Buffer).length;
      yield chunk as Buffer;
      onProgress(sent);
    }
    if (sent < length) throw new Error(`the file became shorter while it was read: ${sent} of ${length} bytes`);
  }
  return {
    length,
    chunks: chunks(),
    sent: () => sent,
    digests() {
      digests ??= { md5: md5.digest("hex"), sha512: sha512.digest("hex") };
      return digests;
    },
  };
}

/** The digest of a whole file with any algorithm OpenSSL knows. */
export async function digestOfFile(path: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
