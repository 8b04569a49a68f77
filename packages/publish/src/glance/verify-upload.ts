import { getHashes } from "node:crypto";
import { stat } from "node:fs/promises";
import type { Result } from "@dibkit/model";
import { err, ok } from "@dibkit/model";
import type { DiskImage } from "../inspect-image.js";
import type { PublishFailure } from "../publish-failure.js";
import type { ImageRecord } from "./glance-images.js";
import { digestOfFile } from "./image-data.js";

/** A digest that Glance computed and dibkit found to be the same. */
export interface VerifiedDigest {
  readonly algorithm: string;
  readonly value: string;
}

/**
 * Compares what Glance says it stored with what was sent: the secure hash when there is one (Glance 17 and later), else
 * the md5. Also fails when the file changed while it was being sent.
 */
export async function verifyUpload(
  file: DiskImage,
  sent: { readonly md5: string; readonly sha512: string },
  record: ImageRecord,
): Promise<Result<VerifiedDigest, PublishFailure>> {
  const now = await stat(file.path).catch(() => undefined);
  if (now?.size !== file.bytes || now.mtimeMs !== file.modifiedMs)
    return err({ kind: "image-file", path: file.path, reason: "it changed while it was being uploaded" });
  const stored = storedDigest(record);
  if (!stored) return err({ kind: "checksum", algorithm: "size", expected: `${file.bytes}`, actual: `${record.size}` });
  const { algorithm } = stored;
  const expected =
    algorithm === "md5" || algorithm === "sha512" ? sent[algorithm] : await digestOfFile(file.path, algorithm);
  if (expected !== stored.value) return err({ kind: "checksum", algorithm, expected, actual: stored.value });
  return ok(stored);
}

function storedDigest(record: ImageRecord): VerifiedDigest | undefined {
  const { os_hash_algo: algorithm, os_hash_value: value, checksum } = record;
  if (algorithm && value && getHashes().includes(algorithm)) return { algorithm, value };
  return checksum ? { algorithm: "md5", value: checksum } : undefined;
}
