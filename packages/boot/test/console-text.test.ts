import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { plainText } from "../src/console-text.js";

it.each([
  ["a\r\nb\r\r\nc", "a\nb\nc"],
  ["\u001b[1;31mred\u001b[0m \u0007bell", "red bell"],
  ["one\u001b[10;1Htwo\u001b[5;3fthree", "one\ntwo\nthree"],
  ["# \u001b[J\u001b[6n", "# "],
  ["host login: ", "host login: "],
])("%j is searched as %j", (text, plain) => {
  expect(plainText(text)).toBe(plain);
});

it("makes lines of a menu that is drawn by cursor positions", () => {
  const text = readFileSync(new URL("captured/seabios-grub.console", import.meta.url), "utf8");
  const longest = Math.max(
    ...plainText(text)
      .split(/[\r\n]+/)
      .map((line) => line.trimEnd().length),
  );
  expect(longest).toBeLessThanOrEqual(80);
});
