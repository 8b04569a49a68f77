import { describe, expect, it } from "vitest";
import { diskSeed } from "../../src/plan/disk-seed.js";
import { repeatableEnvironment, sourceDate } from "../../src/plan/source-date.js";
import { tinyProject } from "../tiny-image.js";

describe("SOURCE_DATE_EPOCH", () => {
  it.each([
    ["1700000000", 1_700_000_000],
    ["0", 0],
    ["", undefined],
    ["now", undefined],
    ["-1", undefined],
    ["1.5", undefined],
    ["99999999999", undefined],
  ])("%j is %s", (text, expected) => {
    expect(sourceDate({ SOURCE_DATE_EPOCH: text })).toBe(expected);
  });

  it("is refused when it is no number", async () => {
    const project = tinyProject();
    try {
      const plan = project.plan({ elements: ["tiny-os"], environment: { SOURCE_DATE_EPOCH: "soon" } });
      await expect(plan).rejects.toThrow('SOURCE_DATE_EPOCH is "soon" but must be a number of seconds since 1970');
    } finally {
      project.remove();
    }
  });

  it("comes with fixed hash seeds, unless the caller has others", () => {
    expect(repeatableEnvironment({})).toEqual({});
    expect(repeatableEnvironment({ SOURCE_DATE_EPOCH: "5", PERL_HASH_SEED: "7" })).toEqual({
      SOURCE_DATE_EPOCH: "5",
      PERL_HASH_SEED: "7",
      PERL_PERTURB_KEYS: "0",
    });
  });
});

it("UUIDs are those of the image, wherever it is built", () => {
  const seed = diskSeed("/home/a/web", "amd64", ["vm", "debian"]);
  expect(diskSeed("/srv/b/web", "amd64", ["vm", "debian"])).toBe(seed);
  const others = [
    diskSeed("/home/a/other", "amd64", ["vm", "debian"]),
    diskSeed("/home/a/web", "arm64", ["vm", "debian"]),
    diskSeed("/home/a/web", "amd64", ["vm"]),
  ];
  expect(new Set([seed, ...others]).size).toBe(4);
});
