import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LONG } from "../../scripts/longest-first.mjs";
import { slowest } from "../../scripts/slowest-reporter.mjs";
import { repository } from "./source-files.js";

test.each(LONG)("%s, which has to begin first, is there", (path) => {
  expect(existsSync(join(repository, path))).toBe(true);
});

test("the slowest are named, the slowest first", () => {
  const timed = Array.from({ length: 12 }, (_, at) => ({ name: `file ${at}`, milliseconds: at * 1250 }));
  const lines = slowest("Slowest", timed);
  expect(lines).toHaveLength(11);
  expect(lines.slice(0, 2)).toEqual(["Slowest", "    13.8 s  file 11"]);
  expect(lines.at(-1)).toBe("     2.5 s  file 2");
});
