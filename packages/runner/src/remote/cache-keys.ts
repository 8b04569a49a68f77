import { err, ok, type Result } from "@dibkit/model";
import {
  type KeyTrouble,
  parseSigningKey,
  parseTrustedKey,
  readKeyFile,
  type SigningKey,
  type TrustedKey,
} from "@dibkit/registry";
import type { BuildRequest } from "../job/build-request.js";

/** What is wrong with a file of a key: `message` is the end of a sentence about it. */
export interface KeyFileTrouble extends KeyTrouble {
  readonly flag: "cacheSign" | "cacheTrust" | "cacheSecretKey";
  readonly file: string;
}

/** The key that signs what a build uploads. */
export function readSigningKey(file: string): Result<SigningKey, KeyFileTrouble> {
  return readKey("cacheSign", file, parseSigningKey);
}

/**
 * The keys one of which has to have signed a layer, or everything that is wrong with their files; undefined when nobody
 * has to sign. Who signs vouches for what stands below too, so a build that signs takes nothing unsigned either: its own
 * key counts among those that are trusted.
 */
export function readTrustedKeys({
  cacheSign,
  cacheTrust = [],
}: Pick<BuildRequest, "cacheSign" | "cacheTrust">): Result<
  readonly TrustedKey[] | undefined,
  readonly KeyFileTrouble[]
> {
  if (cacheSign === undefined && cacheTrust.length === 0) return ok(undefined);
  const signing = cacheSign === undefined ? [] : [readSigningKey(cacheSign)];
  const trusted = cacheTrust.map((file) => readKey("cacheTrust", file, parseTrustedKey));
  const troubles = [...signing, ...trusted].flatMap((key) => (key.ok ? [] : [key.error]));
  if (troubles.length > 0) return err(troubles);
  return ok([
    ...trusted.flatMap((key) => (key.ok ? [key.value] : [])),
    ...signing.flatMap((key) => (key.ok ? [key.value.publicKey] : [])),
  ]);
}

const SECRET_BYTES = 32;
const MAKE_SECRET = 'make one with "openssl rand -hex 32"';

/** The project's key, with which layers are shared that could hold a secret; undefined when there is none. */
export function readSecretKey({
  cacheSecretKey: file,
}: Pick<BuildRequest, "cacheSecretKey">): Result<Buffer | undefined, KeyFileTrouble> {
  if (file === undefined) return ok(undefined);
  return readKey("cacheSecretKey", file, (text): Result<Buffer, KeyTrouble> => {
    const bytes = Buffer.from(text.trim());
    return bytes.length < SECRET_BYTES
      ? err({ message: `has fewer than ${SECRET_BYTES} characters`, help: MAKE_SECRET })
      : ok(bytes);
  });
}

function readKey<T>(
  flag: KeyFileTrouble["flag"],
  file: string,
  parse: (text: string) => Result<T, KeyTrouble>,
): Result<T, KeyFileTrouble> {
  const key = readKeyFile(file, parse, flag === "cacheSecretKey" ? MAKE_SECRET : undefined);
  return key.ok ? key : err({ flag, file, ...key.error });
}
