import { err, jsonOf, ok, type Result } from "@dibkit/model";
import { isSignedBy, type SigningKey, type TrustedKey } from "@dibkit/registry";

/** The type of what in-toto signs. */
const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** A signed text: https://github.com/secure-systems-lab/dsse. */
export interface DsseEnvelope {
  readonly payloadType: string;
  /** In base64. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid?: string; readonly sig: string }[];
}

/** Signs a statement; the same statement and the same key of the kind Ed25519 give the same envelope. */
export function signStatement(statement: string, key: SigningKey): DsseEnvelope {
  const payload = Buffer.from(statement);
  const sig = key.sign(authenticated(PAYLOAD_TYPE, payload)).toString("base64");
  return {
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString("base64"),
    signatures: [{ keyid: key.publicKey.fingerprint, sig }],
  };
}

/** The envelopes of a file of JSON lines; an error is the end of a sentence about the file. */
export function parseEnvelopes(text: string): Result<readonly DsseEnvelope[], string> {
  const envelopes: DsseEnvelope[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const envelope = jsonOf(line);
    if (!isEnvelope(envelope)) return err(`has no DSSE envelope in line ${index + 1}`);
    envelopes.push(envelope);
  }
  return envelopes.length === 0 ? err("has no DSSE envelope") : ok(envelopes);
}

/** The key that has signed an envelope; undefined when it is none of those. */
export function signerOf(
  { payloadType, payload, signatures }: DsseEnvelope,
  trusted: readonly TrustedKey[],
): TrustedKey | undefined {
  const signed = authenticated(payloadType, Buffer.from(payload, "base64"));
  return trusted.find((key) => signatures.some(({ sig }) => isSignedBy(key, signed, Buffer.from(sig, "base64"))));
}

/** What is in an envelope; undefined when it is no statement of in-toto. Says nothing of who has signed it. */
export function statementIn({ payloadType, payload }: DsseEnvelope): SignedStatement | undefined {
  if (payloadType !== PAYLOAD_TYPE) return undefined;
  const statement = jsonOf(Buffer.from(payload, "base64").toString("utf8")) as SignedStatement | undefined;
  return Array.isArray(statement?.subject) ? statement : undefined;
}

/** The parts of a statement that somebody looks at who verifies an image. */
export interface SignedStatement {
  readonly subject: readonly { readonly name?: string; readonly digest?: Readonly<Record<string, string>> }[];
  readonly predicateType?: string;
  readonly predicate?: {
    readonly buildDefinition?: { readonly externalParameters?: { readonly elements?: readonly string[] } };
    readonly runDetails?: {
      readonly builder?: { readonly id?: string };
      readonly metadata?: { readonly invocationId?: string; readonly startedOn?: string };
    };
  };
}

/** What is really signed: the type counts too, so that no text is taken for one of another type. */
function authenticated(type: string, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

function isEnvelope(value: unknown): value is DsseEnvelope {
  const { payloadType, payload, signatures } = (value ?? {}) as Partial<Record<keyof DsseEnvelope, unknown>>;
  return (
    typeof payloadType === "string" &&
    typeof payload === "string" &&
    Array.isArray(signatures) &&
    signatures.every((one) => typeof (one as { readonly sig?: unknown } | null)?.sig === "string")
  );
}
