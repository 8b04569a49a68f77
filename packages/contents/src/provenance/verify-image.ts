import { fileHash } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { TrustedKey } from "@dibkit/registry";
import { type DsseEnvelope, parseEnvelopes, type SignedStatement, signerOf, statementIn } from "./dsse-envelope.js";

/** What a signature says of an image whose bytes are those that were signed. */
export interface ImageVerification {
  readonly sha256: string;
  /** Fingerprint of the key that has signed. */
  readonly key: string;
  /** Null is what the statement does not say. */
  readonly builder: string | null;
  /** Id of the build. */
  readonly build: string | null;
  /** ISO time. */
  readonly started: string | null;
  /** The elements that were asked for. */
  readonly elements: readonly string[];
}

/**
 * Compares the bytes of an image with what one of the keys has signed. An error is the end of a sentence about the file
 * of the signatures. Throws as reading the image does.
 */
export async function verifyImage(
  image: string,
  signatures: string,
  trusted: readonly TrustedKey[],
): Promise<Result<ImageVerification, string>> {
  const envelopes = parseEnvelopes(signatures);
  if (!envelopes.ok) return envelopes;
  const signed = envelopes.value.flatMap((envelope) => {
    const key = signerOf(envelope, trusted);
    return key === undefined ? [] : [{ key: key.fingerprint, statement: statementIn(envelope) }];
  });
  if (signed.length === 0) return err("has no signature by a key that is trusted");
  const sha256 = await fileHash(image);
  for (const { key, statement } of signed) {
    if (statement === undefined || !isAbout(statement, sha256)) continue;
    const { buildDefinition, runDetails } = statement.predicate ?? {};
    return ok({
      ...{ sha256, key },
      builder: runDetails?.builder?.id ?? null,
      build: runDetails?.metadata?.invocationId ?? null,
      started: runDetails?.metadata?.startedOn ?? null,
      elements: buildDefinition?.externalParameters?.elements ?? [],
    });
  }
  return err(aboutOthers(sha256));
}

/**
 * The envelopes that are about an image's bytes, whoever has signed them. An error is the end of a sentence about the
 * file of the signatures. Throws as reading the image does.
 */
export async function envelopesAbout(
  image: string,
  signatures: string,
): Promise<Result<readonly DsseEnvelope[], string>> {
  const envelopes = parseEnvelopes(signatures);
  if (!envelopes.ok) return envelopes;
  const sha256 = await fileHash(image);
  const about = envelopes.value.filter((envelope) => {
    const statement = statementIn(envelope);
    return statement !== undefined && isAbout(statement, sha256);
  });
  return about.length === 0 ? err(aboutOthers(sha256)) : ok(about);
}

function isAbout({ subject }: SignedStatement, sha256: string): boolean {
  return subject.some(({ digest }) => digest?.sha256 === sha256);
}

function aboutOthers(sha256: string): string {
  return `is about other bytes: the image has the SHA-256 ${sha256}`;
}
