import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createCommandRunner } from "@dibkit/exec";
import { afterAll, describe, expect, test } from "vitest";
import { pathInside } from "../../src/host/inside-root.js";
import { INSIDE_ROOT_SCRIPT } from "../../src/host/inside-root-sh.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-inside-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(join(root, "usr/etc"), { recursive: true });
for (const [path, target] of [
  ["etc", "/usr/etc"],
  ["up", "../../../../etc/passwd"],
  ["usr/etc/fstab", "/tmp/outside"],
  ["usr/a", "b/c"],
  ["usr/b", "../usr"],
  ["loop", "loop"],
] as const) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  symlinkSync(target, join(root, path));
}

const CASES = [
  ["var/log", "var/log"],
  ["etc", "usr/etc"],
  ["/etc/fstab", "tmp/outside"],
  ["etc/./resolv.conf", "usr/etc/resolv.conf"],
  ["up", "usr/etc/passwd"],
  ["usr/a", "usr/c"],
  ["..", ""],
  ["../../etc", "usr/etc"],
] as const;

describe("links of an image are followed as in the image", () => {
  test.each(CASES)("%s is %s", async (path, expected) => {
    expect(await pathInside(root, path)).toBe(expected === "" ? root : join(root, expected));
  });

  test("by the function for bash too", async () => {
    const script = `set -eu\n${INSIDE_ROOT_SCRIPT}for path in "\${@:2}"; do inside "$1" "$path"; done`;
    const done = await createCommandRunner().run(["bash", "-c", script, "bash", root, ...CASES.map(([path]) => path)]);
    expect(done.ok && done.value.stdout.trimEnd().split("\n")).toEqual(
      CASES.map(([, expected]) => (expected === "" ? root : join(root, expected))),
    );
  });

  test("and a circle of links is told", async () => {
    await expect(pathInside(root, "loop")).rejects.toThrow("too many links");
    const done = await createCommandRunner().run(["bash", "-c", `${INSIDE_ROOT_SCRIPT}inside "$1" loop`, "bash", root]);
    expect(done.ok ? [] : done.error.tail).toEqual(["too many links at loop of the image"]);
  });
});
