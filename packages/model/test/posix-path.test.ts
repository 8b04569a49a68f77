import { posix } from "node:path";
import { expect, test } from "vitest";
import { compareBytes, directoryOf, joinPaths, lastNameOf, normalPath } from "../src/index.js";

const NAMES = ["", "a", "b.d", "..", ".", "/", "//", "ü", "a b"];
const PATHS = [
  ...NAMES,
  ...NAMES.flatMap((one) => NAMES.map((other) => `${one}/${other}`)),
  ...NAMES.flatMap((one) => NAMES.flatMap((other) => NAMES.map((third) => `/${one}/${other}/${third}/`))),
];

test.each([
  ["directoryOf", directoryOf, posix.dirname],
  ["lastNameOf", lastNameOf, posix.basename],
  ["normalPath", normalPath, posix.normalize],
] as const)("%s does what Node's own does", (_name, own, nodes) => {
  const wrong = PATHS.filter((path) => own(path) !== nodes(path)).map((path) => [path, own(path), nodes(path)]);
  expect(wrong).toEqual([]);
});

test("joinPaths does what Node's own does", () => {
  const wrong = PATHS.flatMap((path) =>
    NAMES.filter((name) => joinPaths(path, name) !== posix.join(path, name)).map((name) => [path, name]),
  );
  expect(wrong).toEqual([]);
});

test("names are compared as their bytes are", () => {
  const names = ["", "a", "ab", "a\u00fc", "a\uffee", "a\u{1f600}", "B", "0", "a-", "\u{10ffff}", "\ufffd"];
  const wrong = names.flatMap((one) =>
    names
      .filter((other) => compareBytes(one, other) !== Math.sign(Buffer.compare(Buffer.from(one), Buffer.from(other))))
      .map((other) => [one, other]),
  );
  expect(wrong).toEqual([]);
});
