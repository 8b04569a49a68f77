import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { err, ok, type Result } from "@dibkit/model";
import { sha256Digest } from "./descriptor.js";

/** A public key that signatures are checked with. */
export interface TrustedKey {
  /** `sha256:…` of the key itself, however its file is written. */
  readonly fingerprint: string;
  readonly pem: string;
}

/** A private key, and its public half. */
export interface SigningKey {
  readonly publicKey: TrustedKey;
  sign(bytes: Uint8Array): Buffer;
}

/** What is wrong with the text of a key: the end of a sentence about its file, and what to do. */
export interface KeyTrouble {
  readonly message: string;
  readonly help: string;
}

const MAKE = 'make one with "openssl genpkey -algorithm ed25519 -out KEYFILE"';
const PUBLIC_HALF = 'write its public half with "openssl pkey -in KEYFILE -pubout -out KEYFILE.pub"';

/** Reads a public key in PEM: Ed25519, or ECDSA on P-256. */
export function parseTrustedKey(text: string): Result<TrustedKey, KeyTrouble> {
  // Node.js would take the public half of a private key, which then lies about on every builder.
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return err({ message: "is a private key, where a public one belongs", help: PUBLIC_HALF });
  const key = attempt(() => createPublicKey(text));
  if (key === undefined) return err({ message: "is not a public key in PEM", help: PUBLIC_HALF });
  const kind = wrongKind(key);
  return kind === undefined ? ok(trusted(key)) : err(kind);
}

/** Reads a private key in PEM, without a passphrase: Ed25519, or ECDSA on P-256. */
export function parseSigningKey(text: string): Result<SigningKey, KeyTrouble> {
  if (/-----BEGIN [A-Z ]*PUBLIC KEY-----/.test(text))
    return err({ message: "is a public key, which cannot sign", help: "name the file of the private key" });
  if (/ENCRYPTED/.test(text))
    return err({
      message: "has a passphrase, for which nobody is asked",
      help: 'write it without one with "openssl pkey -in KEYFILE -out NEWFILE", readable to its owner only',
    });
  const key = attempt(() => createPrivateKey(text));
  if (key === undefined) return err({ message: "is not a private key in PEM", help: MAKE });
  const kind = wrongKind(key);
  if (kind !== undefined) return err(kind);
  return ok({ publicKey: trusted(createPublicKey(key)), sign: (bytes) => sign(digestOf(key), bytes, key) });
}

/** Whether a key has signed these bytes. */
export function isSignedBy({ pem }: TrustedKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = createPublicKey(pem);
  return attempt(() => verify(digestOf(key), bytes, key, signature)) ?? false;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function wrongKind(key: KeyObject): KeyTrouble | undefined {
  const { asymmetricKeyType: type = "", asymmetricKeyDetails } = key;
  if (type === "ed25519" || asymmetricKeyDetails?.namedCurve === "prime256v1") return undefined;
  const curve = asymmetricKeyDetails?.namedCurve;
  const shown = curve === undefined ? type : `${type} on ${curve}`;
  return { message: `is a key of the kind "${shown}", but legal are ed25519 and ec on P-256`, help: MAKE };
}

function trusted(key: KeyObject): TrustedKey {
  const pem = key.export({ type: "spki", format: "pem" }).toString();
  return { fingerprint: sha256Digest(key.export({ type: "spki", format: "der" })), pem };
}

/** Ed25519 hashes by itself. */
function digestOf({ asymmetricKeyType }: KeyObject): "sha256" | null {
  return asymmetricKeyType === "ed25519" ? null : "sha256";
}
