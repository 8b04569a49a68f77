import type { ImageEntry } from "@dibkit/model";
import { expect, test } from "vitest";
import { mergeImageEntries } from "../../../src/plan/image-list/merge-image-entries.js";

test.each<[string, readonly ImageEntry[], readonly ImageEntry[]]>([
  ["the first image has a name", [{ elements: ["vm"] }], [{ imagename: "image", elements: ["vm"] }]],
  [
    "an entry without a name belongs to the one before",
    [{ imagename: "a" }, { arch: "amd64" }],
    [{ imagename: "a", arch: "amd64" }],
  ],
  [
    "lists are appended, twice the same too",
    [
      { imagename: "a", elements: ["vm"] },
      { imagename: "a", elements: ["base", "vm"] },
    ],
    [{ imagename: "a", elements: ["vm", "base", "vm"] }],
  ],
  [
    "mappings are updated",
    [
      { imagename: "a", environment: { A: "1", B: "1" } },
      { imagename: "a", environment: { B: "2", C: "2" } },
    ],
    [{ imagename: "a", environment: { A: "1", B: "2", C: "2" } }],
  ],
  [
    "anything else is replaced, and images keep the order of their first entry",
    [{ imagename: "a", "image-size": 4 }, { imagename: "b" }, { imagename: "a", "image-size": 8 }],
    [{ imagename: "a", "image-size": 8 }, { imagename: "b" }],
  ],
])("%s", (_what, entries, images) => {
  expect(mergeImageEntries(entries)).toEqual(images);
});

test("entries that share a list, as YAML anchors make them, do not see each other's additions", () => {
  const shared = ["debian-minimal"];
  const entries = [
    { imagename: "a", elements: shared },
    { imagename: "b", elements: shared },
    { imagename: "a", elements: ["vm"] },
  ];
  expect(mergeImageEntries(entries)).toEqual([
    { imagename: "a", elements: ["debian-minimal", "vm"] },
    { imagename: "b", elements: ["debian-minimal"] },
  ]);
  expect(shared).toEqual(["debian-minimal"]);
});
