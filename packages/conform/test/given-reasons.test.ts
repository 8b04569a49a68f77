import { expect, test } from "vitest";
import { parseReasons, withGivenReasons } from "../src/given-reasons.js";

const REASONS = JSON.stringify([
  { aspect: "tree", subject: "var/log/.*", reason: "another program writes the log" },
  { aspect: "packages", subject: "usrmerge", reason: "another name" },
]);

test("a reason explains the whole subjects that it matches, of its aspect, and only where there is none", () => {
  const given = parseReasons(REASONS);
  if (!given.ok) throw new Error(given.error);
  const differs = (aspect: "tree" | "packages", subject: string) => ({ aspect, subject, upstream: "a", dibkit: "b" });
  const own = { ...differs("tree", "var/log/apt"), reason: "known" };
  const explained = withGivenReasons(
    [differs("tree", "var/log/dpkg.log"), differs("tree", "old/var/log/x"), differs("packages", "var/log/x"), own],
    given.value,
  );
  expect(explained.map(({ reason }) => reason)).toEqual([
    "another program writes the log",
    undefined,
    undefined,
    "known",
  ]);
});

test.each([
  ["{", /^is not JSON: line 1: a closing brace is expected here$/],
  ["{}", /^is not a list of reasons$/],
  ["[null]", /^has the aspect "undefined" in entry 1: it must be one of tree, packages, /],
  ['[{"aspect":"tre","subject":"x","reason":"y"}]', /^has the aspect "tre" in entry 1/],
  ['[{"aspect":"tree","reason":"y"}]', /^lacks the text of "subject" or "reason" in entry 1$/],
  ['[{"aspect":"tree","subject":"(","reason":"y"}]', /^has "\(" in entry 1, which is not a regular expression$/],
])("%s is refused", (text, message) => {
  const given = parseReasons(text);
  expect(given.ok ? undefined : given.error).toMatch(message);
});
