import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isWithin, parseMountInfo } from "../../src/host/mount-table.js";

test("a line of mountinfo with escapes and optional fields", () => {
  const line = "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue";
  expect(parseMountInfo(line)).toEqual([
    {
      id: 36,
      parent: 35,
      device: "98:0",
      root: "/mnt1",
      mountPoint: "/mnt 2",
      options: ["rw", "noatime"],
      type: "ext3",
      source: "/dev/root",
    },
  ]);
});

test("this machine's own table has a root", () => {
  const table = parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8"));
  expect(table.map(({ mountPoint }) => mountPoint)).toContain("/");
});

test.each([
  ["/a/b", "/a", true],
  ["/a", "/a", true],
  ["/ab", "/a", false],
  ["/a", "/", true],
])("%s within %s is %s", (path, directory, expected) => {
  expect(isWithin(path, directory)).toBe(expected);
});
