import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, describe, expect, test } from "vitest";
import { dibkit, example, whyNotBuild } from "./dibkit.js";

const out = mkdtempSync(join(tmpdir(), "dibkit-e2e-locked-web-server-"));

afterAll(() => rmSync(out, { recursive: true, force: true }));

interface Lock {
  readonly packages: readonly { readonly name: string; readonly element?: string; readonly sha256?: string }[];
  readonly fetched: readonly { readonly url: string }[];
}

/** Runs a command of dibkit about the image of the example, with a cache of its own, as if it were the same minute. */
function onMachine(name: string, words: readonly string[], through: readonly string[] = []) {
  const [command = "", ...more] = words;
  const image = ["web-server.image.ts", "-t", "raw", "-o", join(out, "image")];
  return dibkit([command, ...image, "--lock-file", join(out, "web-server.lock"), ...more], {
    cwd: example("web-server"),
    env: { DIBKIT_CACHE: join(out, name), SOURCE_DATE_EPOCH: "1700000000" },
    through,
  });
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

describe.skipIf(whyNotBuild() !== undefined)("the web server of the examples with a lock", () => {
  test("is built bit for bit by a machine that has no network and no layers", async () => {
    const locked = await onMachine("first", ["lock"]);
    expect(locked, locked.stderr).toMatchObject({ exitCode: 0 });
    const lock = JSON.parse(readFileSync(join(out, "web-server.lock"), "utf8")) as Lock;
    const nginx = lock.packages.find(({ name }) => name === "nginx");
    expect(nginx).toMatchObject({ element: "acme-web", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(lock.fetched.length).toBeGreaterThan(lock.packages.length);

    const image = join(out, "image.raw");
    const first = await hashOf(image);
    rmSync(image);
    // The other machine has the bytes that the lock names, and nothing else of the first.
    renameSync(join(out, "first/contents"), join(out, "contents"));
    rmSync(join(out, "first"), { recursive: true });
    mkdirSync(join(out, "second"));
    renameSync(join(out, "contents"), join(out, "second/contents"));
    const again = await onMachine("second", ["build", "--locked"], ["unshare", "--net", "--"]);
    expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    expect(await hashOf(image)).toBe(first);
  });
});
