import { expect, test } from "vitest";
import { isAbandoned, markOf, renderMark } from "../../src/glance/upload-mark.js";

const here = { host: "0a0b0c0d", pid: 100, since: 1_000_000 };
const alive = (pid: number) => pid === 200;

test("a mark is found among other tags", () => {
  expect(markOf(["web", renderMark(here)])).toEqual(here);
  expect(markOf(["dibkit-upload-x-1-2", "web"])).toBeUndefined();
});

test.each([
  ["a process of this host that ended", { ...here, pid: 300 }, true],
  ["a process of this host that runs", { ...here, pid: 200 }, false],
  ["this very process", here, false],
  ["another host", { ...here, host: "ffffffff", pid: 300 }, false],
  ["another host, two days ago", { ...here, host: "ffffffff", since: here.since - 200_000 }, true],
])("who uploads no more: %s", (_title, mark, expected) => expect(isAbandoned(mark, here, alive)).toBe(expected));
