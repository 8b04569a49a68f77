/** Ways to read variables without naming them, in the languages that scripts are written in. */
const READERS: readonly RegExp[] = [
  // bash: indirection (but not the keys of an array), name references, listings of variables, tests of a variable whose
  // name is computed
  /\$\{!(?!\w+\[[@*]\]\})/,
  /\b(declare|local|typeset)\s+-[a-zA-Z]*n/,
  /\b(declare|typeset|export|readonly|local)(\s+-[a-zA-Z]+)*\s*($|[;|&<>)`])/m,
  /\b(declare|typeset|export|readonly)\s+-[a-zA-Z]*p/,
  /(\[\[?|\btest)\s[^\]\n]*-v\s+["']?\$/,
  // the kernel's list
  /\/environ\b/,
  // python: anything but a literal key
  /\benviron\b(?!\s*(\[\s*["']|\.(get|setdefault|pop)\(\s*["']))/,
  /\benvironb\b/,
  /\bgetenvb?\s*\(\s*(?!["'])/,
  // perl, awk, ruby, javascript
  /%ENV\b|\$ENV\{\s*["']?\$/,
  /\bENVIRON\b(?!\s*\[\s*")/,
  /\bENV\b\s*(\.\w|\[\s*[^"'\s])/,
  /\bprocess\.env\b(?!\s*(\.\w|\[\s*["']))/,
];

/** A membership test with a literal name, `"ARCH" in os.environ`, reads that one name. */
const LITERAL_TEST = /(["'])\w+\1\s+(not\s+)?in\s+os\.environ\b(?!\s*[.[])/g;

/** Whether a text, without its comments, may read any variable of its environment, whatever it mentions. */
export function readsWholeEnvironment(text: string): boolean {
  const rest = text.replace(LITERAL_TEST, "");
  return READERS.some((reader) => reader.test(rest));
}
