import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor, REDACTED } from "../src/redactor.js";

function redact(values: readonly string[], ...pieces: readonly string[]): string {
  const filter = createRedactor(values);
  return pieces.map((piece) => filter.write(piece)).join("") + filter.end();
}

describe("a secret does not show", () => {
  test.each([
    ["plain", ["hunter22"], ["the password is hunter22, really"], "the password is [secret], really"],
    ["cut by the end of a piece", ["hunter22"], ["a hun", "t", "er22 b"], "a [secret] b"],
    ["the longest that fits", ["abcd", "abcdef"], ["abc", "def abcdx"], "[secret] [secret]x"],
    ["beginning again", ["aabaac"], ["aabaabaac"], "aab[secret]"],
    ["several", ["first1", "second2"], ["first1second2"], "[secret][secret]"],
    ["quoted by a trace of bash", ["it's me"], ["+ export X='it'\\''s me'"], "+ export X='[secret]'"],
    ["quoted by export -p", ['say "$x"'], ['declare -x X="say \\"\\$x\\""'], 'declare -x X="[secret]"'],
    ["in JSON", ["a\tb c"], ['{"x":"a\\tb c"}'], '{"x":"[secret]"}'],
    ["in a URL", ["p@ss/word"], ["https://me:p%40ss%2Fword@example"], "https://me:[secret]@example"],
    ["in base64", ["hunter22"], ["aHVudGVyMjI="], "[secret]"],
    ["a line of a key", ["-----BEGIN-----\nMIIEowIBAAKCAQEA\n-----END-----"], ["MIIEowIBAAKCAQEA\n"], "[secret]\n"],
    ["too short to be one", ["abc"], ["abc"], "abc"],
    ["half of it at the end", ["hunter22"], ["see hunt"], "see hunt"],
  ])("%s", (_name, values, pieces, expected) => {
    expect(redact(values, ...pieces)).toBe(expected);
  });
});

test("however the text is cut, the result is that of the whole text", () => {
  const values = ["abab", "babc", "ccccd"];
  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c", "d", "\n"), maxLength: 6 })), (pieces) => {
      const whole = redact(values, pieces.join(""));
      expect(redact(values, ...pieces)).toBe(whole);
      for (const value of values) expect(whole).not.toContain(value);
    }),
  );
});

test("a line is shown as soon as nothing of it can be a secret", () => {
  const filter = createRedactor(["hunter22"]);
  expect(filter.write("waiting for hu")).toBe("waiting for ");
  expect(filter.write("mans\n")).toBe("humans\n");
  expect(REDACTED).toBe("[secret]");
});
