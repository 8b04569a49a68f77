import { expect, test } from "vitest";
import { progressLine } from "../src/boot-progress.js";

test.each([
  [7.4, "Loading Linux 6.1.0 ...", 80, "     7 s  … Loading Linux 6.1.0 ..."],
  [123.6, "a line that is too long", 24, "   124 s  … a line tha…"],
  [1, "exactly the width", 30, "     1 s  … exactly the width"],
  [1, "anything", 2, "…"],
])("after %s s, %j in %s columns", (seconds, line, columns, expected) => {
  expect(progressLine(seconds, line, columns)).toBe(expected);
});
