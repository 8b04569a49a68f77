import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readSecretKey } from "../../src/remote/cache-keys.js";
import { sealingOf } from "../../src/remote/sealing.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-sealing-"));
afterAll(() => rmSync(directory, { recursive: true }));
const own = sealingOf(Buffer.from("a".repeat(64)));
const other = sealingOf(Buffer.from("b".repeat(64)));
const file = (name: string, content?: Buffer) => {
  const path = join(directory, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
};

test("what is sealed is opened by the same key, for the same tag and part, only", () => {
  const text = Buffer.from("correct horse");
  const sealed = own.seal(text, "tag", "root");
  expect(sealed.includes(text)).toBe(false);
  expect(own.open(sealed, "tag", "root")).toEqual(text);
  expect(own.seal(text, "tag", "root").equals(sealed)).toBe(false);
  const damaged = Buffer.from(sealed);
  damaged[20] = (damaged[20] ?? 0) ^ 1;
  const wrong = [
    other.open(sealed, "tag", "root"),
    own.open(sealed, "another", "root"),
    own.open(sealed, "tag", "hooks"),
    own.open(damaged, "tag", "root"),
    own.open(sealed.subarray(0, -1), "tag", "root"),
    own.open(Buffer.alloc(5), "tag", "root"),
  ];
  expect(wrong).toEqual(wrong.map(() => undefined));
});

describe.each([0, 1, 70_000, 3_000_000])("a file of %i bytes", (size) => {
  const plain = Buffer.alloc(size, "secret ");
  test("comes back whole, and nothing of it when something is wrong", async () => {
    const from = file(`plain-${size}`, plain);
    const sealed = file(`sealed-${size}`);
    const made = await own.sealFile(from, sealed, "tag", "root");
    expect(made).toMatchObject({ size: size + 28, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    const opened = file(`opened-${size}`);
    expect(await own.openFile(sealed, opened, "tag", "root")).toBe(true);
    expect(readFileSync(opened).equals(plain)).toBe(true);
    const cut = file(`cut-${size}`, readFileSync(sealed).subarray(0, size + 27));
    const nowhere = file(`nowhere-${size}`);
    expect(await other.openFile(sealed, nowhere, "tag", "root")).toBe(false);
    expect(await own.openFile(sealed, nowhere, "tag", "hooks")).toBe(false);
    expect(await own.openFile(cut, nowhere, "tag", "root")).toBe(false);
    expect(() => readFileSync(nowhere)).toThrow("ENOENT");
  });
});

test("tags and digests of values are other ones with another key", () => {
  const key = "0123456789".repeat(4);
  expect(own.tagOf(key)).toMatch(/^[0-9a-f]{40}$/);
  expect(own.tagOf(key)).toBe(sealingOf(Buffer.from("a".repeat(64))).tagOf(key));
  expect(new Set([key, own.tagOf(key), other.tagOf(key)]).size).toBe(3);
  expect(own.valueKey.equals(other.valueKey)).toBe(false);
});

test.each([
  ["short", "too short\n", "has fewer than 32 characters"],
  ["missing", undefined, "is not there"],
])("a key file that is %s is told", (name, text, message) => {
  const path = file(`key-${name}`, text === undefined ? undefined : Buffer.from(text));
  const read = readSecretKey({ cacheSecretKey: path });
  expect(read).toMatchObject({ ok: false, error: { flag: "cacheSecretKey", file: path, message } });
  if (!read.ok) expect(read.error.help).toContain("openssl rand -hex 32");
});
