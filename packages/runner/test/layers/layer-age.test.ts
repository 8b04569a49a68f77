import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aptIndexState } from "../../src/layers/apt-index.js";
import { allowedAge, isTooOld, parseAge, wrongAge } from "../../src/layers/layer-age.js";

test.each([
  ["30m", 1800],
  ["12h", 43_200],
  ["7d", 604_800],
  ["2w", 1_209_600],
  ["12", undefined],
  ["h", undefined],
  ["-1d", undefined],
  ["1 day", undefined],
])("the age %s is %s seconds", (text, seconds) => expect(parseAge(text)).toBe(seconds));

test("a layer is too old only when an age is given and has passed", () => {
  const layer = { created: "2026-01-01T00:00:00Z", label: { phase: "install.d", script: "50-x" } };
  const now = Date.parse("2026-01-01T13:00:00Z");
  const ages = ["12h", "14h", undefined, "14h,install.d=12h", "12h,install.d=14h", "root.d=12h"];
  expect(ages.map((age) => isTooOld(layer, age, now))).toEqual([true, false, false, true, false, false]);
});

test.each([
  ["install.d", "7d,install.d=1d", "1d"],
  ["root.d", "7d,install.d=1d", "7d"],
  ["dibkit", "7d,install.d=1d", "1d"],
  ["formats", "7d,install.d=1d", "7d"],
  ["formats", "7d,finalise.d=12h", "12h"],
  ["root.d", "install.d=1d", undefined],
])("layers of %s with --max-age %s may be %s old", (phase, maxAge, age) => expect(allowedAge(phase, maxAge)).toBe(age));

test.each([
  ["7d", undefined],
  ["7d,install.d=1d", undefined],
  ["soon", "soon"],
  ["7d,instal.d=1d", "instal.d=1d"],
  ["install.d=", "install.d="],
])("of --max-age %s the word %s is wrong", (maxAge, wrong) => expect(wrongAge(maxAge)).toBe(wrong));

test("the apt index state follows the release files and nothing else", async () => {
  const root = mkdtempSync(join(tmpdir(), "dibkit-apt-"));
  const lists = join(root, "var/lib/apt/lists");
  try {
    expect(await aptIndexState(root)).toBeUndefined();
    mkdirSync(lists, { recursive: true });
    writeFileSync(join(lists, "mirror_dists_x_main_Packages"), "packages");
    expect(await aptIndexState(root)).toBeUndefined();
    writeFileSync(join(lists, "mirror_dists_x_InRelease"), "Date: today");
    const today = await aptIndexState(root);
    writeFileSync(join(lists, "mirror_dists_x_main_Packages"), "others");
    expect(await aptIndexState(root)).toBe(today);
    writeFileSync(join(lists, "mirror_dists_x_InRelease"), "Date: tomorrow");
    expect(await aptIndexState(root)).not.toBe(today);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
