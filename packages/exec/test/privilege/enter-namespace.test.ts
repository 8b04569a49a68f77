import { expect, test } from "vitest";
import { enterNamespace } from "../../src/privilege/enter-namespace.js";
import { findRange } from "../../src/privilege/subordinate-ids.js";
import { ALL_IDS, NAMESPACE_OF_ROOT } from "./namespace-of-root.js";

const USER = { name: "me", id: 1000 };

test.each([
  ["by name", "other:100000:65536\nme:165536:65536\n", { first: 165_536, count: 65_536 }],
  ["by number", "1000:300000:70000\n", { first: 300_000, count: 70_000 }],
  ["the largest of several", "me:100:10\nme:165536:65536\nme:50:20\n", { first: 165_536, count: 65_536 }],
  ["none of somebody whose name begins alike", "me2:100000:65536\n10000:1:2\n", undefined],
  ["none in a line that is no range", "me:a:b\nme:\n", undefined],
])("the ranges of a user: %s", (_what, text, range) => {
  expect(findRange(text, USER)).toEqual(range);
});

const NOTHING = { users: [], groups: [] };
const RANGES = { users: { first: 100_000, count: 65_536 }, groups: { first: 200_000, count: 1000 } };

/** A new unshare finds no range for it. */
const ROOT = { ...NAMESPACE_OF_ROOT, mapsItself: true };

test("a new unshare maps the ids itself", () => {
  const entry = { mapsItself: true, user: 1000, group: 100, ranges: RANGES, mapped: NOTHING };
  expect(enterNamespace(["true"], entry).join(" ")).toBe(
    "unshare --user --map-auto --map-root-user -- setpriv --pdeathsig KILL -- true",
  );
});

test.each([
  [
    "an old unshare",
    { mapsItself: false, user: 1000, group: 100, ranges: RANGES, mapped: NOTHING },
    ["0 1000 1 1 100000 65535", "0 100 1 1 200000 1000"],
  ],
  ["root", ROOT, ["0 0 65536", "0 0 65536"]],
  [
    "root of a container without root",
    {
      ...ROOT,
      mapped: {
        users: [
          { first: 0, count: 1 },
          { first: 1, count: 65_536 },
        ],
        groups: ALL_IDS,
      },
    },
    ["0 0 1 1 1 65535", "0 0 65536"],
  ],
])("%s is told the maps", (_who, entry, maps) => {
  const words = enterNamespace(["true"], entry);
  expect(words.slice(-3)).toEqual([...maps, "true"]);
});
