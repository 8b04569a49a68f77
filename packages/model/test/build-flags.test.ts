import { expect, test } from "vitest";
import { BUILD_FLAGS, type BuildFlag, type BuildFlagName, flagTrouble, flagWords } from "../src/build-flags.js";

test.each<[BuildFlagName, string, boolean]>([
  ["imageSize", "4", true],
  ["imageSize", "2.5", true],
  ["imageSize", "abc", false],
  ["imageSize", "0", false],
  ["imageSize", "-3", false],
  ["imageSize", "4G", false],
  ["imageExtraSize", "512", true],
  ["imageExtraSize", "1.5", false],
  ["maxOnlineResize", "1000000", true],
  ["maxOnlineResize", "x", false],
  ["mkfsJournalSize", "64", true],
  ["mkfsJournalSize", "64M", false],
  ["minTmpfs", "0", true],
  ["minTmpfs", "NaN", false],
  ["qemuImgOptions", "compat=0.10,cluster_size=64k", true],
  ["qemuImgOptions", "compat", false],
  ["qemuImgOptions", "compat=0.10,", false],
  ["output", "out/image", true],
  ["output", "build/", false],
  ["output", "..", false],
  ["output", "", false],
  ["rootLabel", "anything", true],
])("the value of %s %j is right: %s", (name, value, right) => {
  expect(flagTrouble(name, value) === undefined).toBe(right);
});

test("what is wrong with a value is said as the end of a sentence, with an example", () => {
  expect(flagTrouble("imageSize", "abc")).toBe("must be a number of gigabytes, such as 4 or 2.5");
});

test.each<[BuildFlagName, unknown, readonly string[]]>([
  ["trace", 2, ["-x", "-x"]],
  ["skipBase", true, ["-n"]],
  ["skipBase", false, []],
  ["packages", ["vim", "git"], ["-p", "vim", "-p", "git"]],
  ["imageSize", 4, ["--image-size", "4"]],
  ["imageSize", undefined, []],
])("%s with %j is %j on a command line", (name, value, words) => {
  expect(flagWords(name, value)).toEqual(words);
});

test("letters are used once, and dibkit's own flags are none of upstream's list of images", () => {
  const flags = Object.values<BuildFlag>(BUILD_FLAGS);
  const letters = flags.flatMap(({ short }) => (short === undefined ? [] : [short]));
  expect(new Set(letters).size).toBe(letters.length);
  expect(flags.filter(({ upstream, imageList }) => upstream === undefined && imageList !== undefined)).toEqual([]);
});
