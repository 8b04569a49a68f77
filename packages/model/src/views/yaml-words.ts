/** What YAML's parser says in terms of its grammar, for people who write a list of packages. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /^Flow sequence in block collection must be sufficiently indented/,
    'this list is not closed: end it with "]", and indent its lines',
  ],
  [
    /^Flow map in block collection must be sufficiently indented/,
    'this mapping is not closed: end it with "}", and indent its lines',
  ],
  [
    /^Nested mappings are not allowed in compact mappings/,
    "a key stands in a value here: put a value with a colon in quotes, or mend the indentation",
  ],
  [
    /^Implicit keys need to be on a single line|^Implicit map keys need to be followed by map values/,
    "a key without a colon after it: write the colon, or mend the indentation",
  ],
  [/^Unexpected block-seq-ind on same line with key/, 'a list begins on a line of its own: put "-" below the key'],
  [
    /^Unexpected scalar at node end/,
    "the value has ended before this: put all of it in quotes, or mend the indentation",
  ],
  [/^Unexpected \S+ token in YAML stream: (.+)/, "$1 does not belong here"],
  [/^Missing closing ["']quote/, "this quote is not closed"],
  [/^Plain value cannot start with .* character (.)/, 'a value that begins with "$1" has to be in quotes'],
  [/^Tabs are not allowed as indentation/, "lines are indented with spaces, and here is a tab"],
  [
    /^All (mapping|sequence|collection) items must start at the same column/,
    "this line is indented otherwise than those it belongs to",
  ],
  [/^Invalid escape sequence (\S+)/, 'there is no escape "$1" in double quotes: write another backslash before it'],
];

/** A sentence in lower case without a full stop; the parser's own where it says nothing of its grammar. */
export function yamlWords(message: string): string {
  const line = message.replace(/\.$/, "").replaceAll("\n", " ");
  for (const [pattern, words] of WORDS) {
    const found = pattern.exec(line);
    if (found !== null) return words.replace("$1", found[1] ?? "");
  }
  return /^[A-Z][a-z]/.test(line) ? line[0]?.toLowerCase() + line.slice(1) : line;
}
