import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { fsPath } from "@dibkit/model";

/** A hash of a file in hexadecimal digits, read piece by piece; throws as reading it does. */
export async function fileHash(path: string, algorithm: "sha1" | "sha256" = "sha256"): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(fsPath(path)), hash);
  return hash.digest("hex");
}
