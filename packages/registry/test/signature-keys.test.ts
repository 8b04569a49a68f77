import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { expect, test } from "vitest";
import { isSignedBy, parseSigningKey, parseTrustedKey } from "../src/signature-keys.js";

const SPKI = { type: "spki", format: "pem" } as const;
const PKCS8 = { type: "pkcs8", format: "pem" } as const;

function pem(pair: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }) {
  return {
    privateKey: pair.privateKey.export(PKCS8).toString(),
    publicKey: pair.publicKey.export(SPKI).toString(),
    locked: pair.privateKey.export({ ...PKCS8, cipher: "aes-256-cbc", passphrase: "x" }).toString(),
  };
}

const ED25519 = pem(generateKeyPairSync("ed25519"));
const P256 = pem(generateKeyPairSync("ec", { namedCurve: "prime256v1" }));
const P384 = pem(generateKeyPairSync("ec", { namedCurve: "secp384r1" }));
const RSA = pem(generateKeyPairSync("rsa", { modulusLength: 2048 }));

test.each([
  ["Ed25519", ED25519],
  ["ECDSA on P-256", P256],
])("what %s signs is known by its public half only", (_, pair) => {
  const [key, stranger] = [parseSigningKey(pair.privateKey), parseTrustedKey(P256.publicKey)];
  const open = parseTrustedKey(pair.publicKey);
  if (!key.ok || !open.ok || !stranger.ok) throw new Error("the keys are not read");
  const signature = key.value.sign(Buffer.from("text"));
  expect(key.value.publicKey).toEqual(open.value);
  expect(isSignedBy(open.value, Buffer.from("text"), signature)).toBe(true);
  expect(isSignedBy(open.value, Buffer.from("texT"), signature)).toBe(false);
  expect(isSignedBy(open.value, Buffer.from("text"), Buffer.from("nonsense"))).toBe(false);
  expect(isSignedBy(stranger.value, Buffer.from("text"), signature)).toBe(pair === P256);
});

test.each([
  ["a private key", ED25519.privateKey, "is a private key, where a public one belongs"],
  ["no PEM", "ssh-ed25519 AAAA", "is not a public key in PEM"],
  ["nothing", "", "is not a public key in PEM"],
  ["half of a PEM", ED25519.publicKey.slice(0, 60), "is not a public key in PEM"],
  ["RSA", RSA.publicKey, 'is a key of the kind "rsa", but legal are ed25519 and ec on P-256'],
  ["another curve", P384.publicKey, 'is a key of the kind "ec on secp384r1", but legal are ed25519 and ec on P-256'],
])("as a public key, %s is refused", (_, text, message) => {
  expect(parseTrustedKey(text)).toMatchObject({ ok: false, error: { message } });
});

test.each([
  ["a public key", ED25519.publicKey, "is a public key, which cannot sign"],
  ["one with a passphrase", ED25519.locked, "has a passphrase, for which nobody is asked"],
  ["no PEM", "secret", "is not a private key in PEM"],
  ["RSA", RSA.privateKey, 'is a key of the kind "rsa", but legal are ed25519 and ec on P-256'],
])("as a private key, %s is refused", (_, text, message) => {
  expect(parseSigningKey(text)).toMatchObject({ ok: false, error: { message } });
});
