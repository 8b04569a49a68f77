import { err, type Result } from "@dibkit/model";
import { shortDigest } from "./descriptor.js";
import type { Answer } from "./http-message.js";
import { type RegistryFailure, wrongContent } from "./registry-failure.js";

/** An answer without the blob that a manifest names: a registry may delete what it likes at any moment. */
export function missingBlob(answer: Answer, digest: string): Result<never, RegistryFailure> {
  if (answer.status !== 404) return unexpected(answer, "a question for a blob");
  answer.body.destroy();
  return err(wrongContent(`has not got the blob ${shortDigest(digest)} any more`));
}

/** A status that nothing else is known of. */
export function unexpected({ status, body }: Answer, what: string): Result<never, RegistryFailure> {
  body.destroy();
  return err({ kind: "unavailable", message: `answers ${status} to ${what}` });
}
