import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseSigningKey, type SigningKey } from "@dibkit/registry";
import { afterAll, describe, expect, test } from "vitest";
import { type DsseEnvelope, signStatement } from "../../src/provenance/dsse-envelope.js";
import { verifyImage } from "../../src/provenance/verify-image.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-verify-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function newKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ed25519");
  const key = parseSigningKey(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  if (!key.ok) throw new Error(key.error.message);
  return key.value;
}

const [key, stranger] = [newKey(), newKey()];
const image = join(directory, "image.raw");
writeFileSync(image, "bytes of an image");
const sha256 = createHash("sha256").update("bytes of an image").digest("hex");
const about = (digest: object) => JSON.stringify({ subject: [{ name: "image.raw", digest }], predicate: {} });
const envelope = signStatement(about({ sha256 }), key);
const lines = (...envelopes: readonly unknown[]) => envelopes.map((one) => `${JSON.stringify(one)}\n`).join("");
const changed = (change: Partial<DsseEnvelope>) => lines({ ...envelope, ...change });
const other = Buffer.from(about({ sha256: "0".repeat(64) })).toString("base64");

describe("an image is verified", () => {
  test.each([
    ["by the signature of a key that is trusted", lines(envelope)],
    ["by the second of two envelopes", lines(signStatement(about({ sha256 }), stranger), envelope)],
    ["by the second of two statements", lines(signStatement(about({ sha256: "1" }), key), envelope)],
  ])("%s", async (_, text) => {
    expect(await verifyImage(image, text, [key.publicKey])).toMatchObject({
      ok: true,
      value: { sha256, key: key.publicKey.fingerprint },
    });
  });

  test.each([
    ["another key", lines(signStatement(about({ sha256 }), stranger)), "has no signature by a key that is trusted"],
    ["another payload", changed({ payload: other }), "has no signature by a key that is trusted"],
    ["another type of payload", changed({ payloadType: "text/plain" }), "has no signature by a key that is trusted"],
    ["no signature", changed({ signatures: [] }), "has no signature by a key that is trusted"],
    ["a signature that is none", changed({ signatures: [{ sig: "?" }] }), "has no signature by a key that is trusted"],
    [
      "another hash",
      lines(signStatement(about({ sha256: "0" }), key)),
      `is about other bytes: the image has the SHA-256`,
    ],
    ["no statement", lines(signStatement("[]", key)), "is about other bytes"],
    ["no subject", lines(signStatement("{}", key)), "is about other bytes"],
    ["a line that is none", `${lines(envelope)}x\n`, "has no DSSE envelope in line 2"],
    ["nothing", "\n", "has no DSSE envelope"],
  ])("not with %s", async (_, text, error) => {
    expect(await verifyImage(image, text, [key.publicKey])).toEqual({
      ok: false,
      error: expect.stringContaining(error),
    });
  });
});
