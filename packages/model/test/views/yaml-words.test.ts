import { expect, test } from "vitest";
import { parseYamlText } from "../../src/index.js";

test.each([
  ["a: [1, 2\n", 'this list is not closed: end it with "]", and indent its lines'],
  ["a: {b: 1\n", 'this mapping is not closed: end it with "}", and indent its lines'],
  ["a: b: c\n", "a key stands in a value here: put a value with a colon in quotes, or mend the indentation"],
  ["a\nb: c\n", "a key without a colon after it: write the colon, or mend the indentation"],
  ["a: 'x\n", "this quote is not closed"],
  ["a: @x\n", 'a value that begins with "@" has to be in quotes'],
  ["a:\n\tb: 1\n", "lines are indented with spaces, and here is a tab"],
  ["a:\n  b: 1\n c: 2\n", "this line is indented otherwise than those it belongs to"],
  ['a: "x" y\n', "the value has ended before this: put all of it in quotes, or mend the indentation"],
  ["{a: 1}}\n", '"}" does not belong here'],
  ['a: "\\q"\n', 'there is no escape "\\q" in double quotes: write another backslash before it'],
])("%j is refused in plain words", (text, words) => {
  expect(parseYamlText({ path: "x", text }).diagnostics[0]?.message).toBe(words);
});
