import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareDebianVersions } from "../../src/audit/compare-debian-versions.js";
import { compareRpmVersions } from "../../src/audit/compare-rpm-versions.js";
import { versionOrders } from "../../src/audit/version-orders.js";

const sign = (a: string, b: string, compare: (a: string, b: string) => number) => Math.sign(compare(a, b));

/** Rows of `older, newer`. */
const DEBIAN = [
  ["1.0", "1.1"],
  ["1.9", "1.10"],
  ["1.0~rc1", "1.0"],
  ["1.0~~", "1.0~"],
  ["1.0", "1.0-0.1"],
  ["1.0-1", "1.0-1+b1"],
  ["1.0-1", "1.0-1+deb12u1"],
  ["1.0-1~bpo12+1", "1.0-1"],
  ["9:1.0", "10:0.1"],
  ["1.0", "1:0.1"],
  ["1.0a", "1.0b"],
  ["1.0a", "1.0+"],
  ["1.0-a", "1.0-a1"],
  ["1.0", "1.0a"],
  ["1.0-1", "1.0.1-1"],
  ["3.0.9-1", "3.0.15-1~deb12u1"],
] as const;

test.each(DEBIAN)("dpkg and dibkit take %s for older than %s", (older, newer) => {
  expect(sign(older, newer, compareDebianVersions)).toBe(-1);
  expect(sign(newer, older, compareDebianVersions)).toBe(1);
  expect(spawnSync("dpkg", ["--compare-versions", older, "lt", newer]).status).toBe(0);
});

test.each([
  ["1.0", "1.0-0"],
  ["0:1.0", "1.0"],
  ["1.01", "1.1"],
  ["1.0-01", "1.0-1"],
])("dpkg and dibkit take %s and %s for the same", (a, b) => {
  expect(compareDebianVersions(a, b)).toBe(0);
  expect(spawnSync("dpkg", ["--compare-versions", a, "eq", b]).status).toBe(0);
});

const part = fc.string({ unit: fc.constantFrom("0", "1", "10", "a", "Z", "~", "+", "."), maxLength: 5 });

test("dpkg orders all kinds of versions as dibkit does", () => {
  const version = fc.tuple(part, part).map(([upstream, revision]) => `1${upstream}-1${revision}`);
  const pairs = fc.sample(fc.tuple(version, version), { numRuns: 300, seed: 24 });
  // One shell for all of them.
  const script = pairs
    .map(
      ([a, b]) =>
        `dpkg --compare-versions '${a}' lt '${b}' && echo -1 || { dpkg --compare-versions '${a}' eq '${b}' && echo 0 || echo 1; }`,
    )
    .join("\n");
  const theirs = execFileSync("sh", ["-c", script], { encoding: "utf8" }).trim().split("\n").map(Number);
  expect(pairs.map(([a, b]) => [a, b, sign(a, b, compareDebianVersions)])).toEqual(
    pairs.map(([a, b], at) => [a, b, theirs[at]]),
  );
});

const hasRpm = spawnSync("rpm", ["--version"]).status === 0;

test.skipIf(!hasRpm)("rpm orders all kinds of versions as dibkit does", () => {
  const unit = fc.constantFrom("0", "1", "10", "a", "Z", "~", "^", ".", "_");
  const version = fc.string({ unit, maxLength: 6 }).map((text) => `1${text}`);
  const pairs = fc.sample(fc.tuple(version, version), { numRuns: 300, seed: 24 });
  const calls = pairs.map(([a, b]) => `print(rpm.vercmp("${a}", "${b}") .. " ")`).join(" ");
  const theirs = execFileSync("rpm", ["--eval", `%{lua: ${calls}}`], { encoding: "utf8" })
    .trim()
    .split(/\s+/)
    .map(Number);
  expect(pairs.map(([a, b]) => [a, b, sign(a, b, compareRpmVersions)])).toEqual(
    pairs.map(([a, b], at) => [a, b, theirs[at]]),
  );
});

test.each([
  ["1.0-1.el9", "1.0-2.el9", -1],
  ["1:1.0-1", "2.0-1", 1],
  ["1.0-1.el9", "1.0", 0],
  ["0:1.0-1", "1.0-1", 0],
])("of RPM's versions %s and %s the order is %d", (a, b, expected) => {
  expect(sign(a, b, compareRpmVersions)).toBe(expected);
});

test.each([
  ["1.0rc1", "1.0", -1],
  ["1.0.post1", "1.0", 1],
  ["1.0", "1.0.0", 0],
  ["2!1.0", "3.0", 1],
  ["nothing of the kind", "0.1", -1],
])("of Python's versions %s and %s the order is %d", async (a, b, expected) => {
  expect(sign(a, b, (await versionOrders()).pypi)).toBe(expected);
});
