import { expect, test } from "vitest";
import { lockParts } from "../../src/remote/lock-artifact.js";

const digest = (number: number) => number.toString(16).padStart(64, "0");
const contents = (count: number) => Array.from({ length: count }, (_, size) => ({ sha256: digest(size), size }));
/** SHA-256 of the text "lock". */
const TAG = "lock-0c030586945fe504b604ecc2e875c38ede400cd5cd73da9730302162e6b02c6f";

test.each<[string, number, readonly number[]]>([
  ["nothing that is named", 0, []],
  ["one file", 1, [1]],
  ["as much as a manifest names", 2000, [2000]],
  ["more", 4001, [2000, 2000, 1]],
])("a lock of %s has a manifest for each 2000 files", (_name, count, sizes) => {
  const parts = lockParts({ text: "lock", contents: contents(count) });
  expect(parts.map(({ layers }) => layers.length)).toEqual(sizes);
  expect(parts.map(({ tag }) => tag)).toEqual([TAG, `${TAG}-2`, `${TAG}-3`].slice(0, sizes.length));
  expect(parts.flatMap(({ layers }) => layers.map((layer) => layer.digest))).toEqual(
    contents(count).map(({ sha256 }) => `sha256:${sha256}`),
  );
  // Registries need not take a manifest of more than 4 MiB.
  for (const part of parts) expect(JSON.stringify(part.layers).length).toBeLessThan(1 << 20);
});
