import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Diagnostic } from "../diagnostic.js";
import { type Element, type RegularFile, textOf } from "../element.js";
import type { SourceText } from "../source-text.js";
import type { DataNode, DataScalar } from "./data-node.js";
import { DEPTH_LIMIT, mayNestTooDeep } from "./nesting.js";
import { DATA_FILE_LIMIT, type ParsedData, PROBLEM_LIMIT } from "./parse-yaml.js";

/** Words for the parser's codes, which name tokens. */
const MESSAGES: Readonly<Record<string, string>> = {
  InvalidSymbol: "this is not a JSON value",
  InvalidNumberFormat: "this is not a JSON number",
  PropertyNameExpected: "a key in double quotes is expected here",
  ValueExpected: "a value is expected here",
  ColonExpected: "a colon is expected here",
  CommaExpected: "a comma is expected here",
  CloseBraceExpected: "a closing brace is expected here",
  CloseBracketExpected: "a closing bracket is expected here",
  EndOfFileExpected: "nothing may follow the value",
  InvalidCommentToken: "JSON has no comments",
  UnexpectedEndOfComment: "JSON has no comments",
  UnexpectedEndOfString: "this string is not closed",
  UnexpectedEndOfNumber: "this number is not complete",
  InvalidUnicode: "this \\u escape is not complete",
  InvalidEscapeCharacter: "this is not a JSON escape",
  InvalidCharacter: "this character must be escaped",
};

/** Strict JSON with the place of every node; what can be read around an error is kept. */
export function parseJson(element: Element, file: RegularFile): ParsedData {
  const { root, diagnostics } = parseJsonText(textOf(element, file));
  return { root, diagnostics: diagnostics.map((diagnostic) => ({ ...diagnostic, element: element.name })) };
}

/** The same of a text that belongs to no element; `limit` is how many characters are read. */
export function parseJsonText(source: SourceText, limit = DATA_FILE_LIMIT): ParsedData {
  const diagnostics: Diagnostic[] = [];
  const report = (code: string, message: string, start: number, end: number, related: Diagnostic["related"] = []) => {
    const location = { source, start, end };
    diagnostics.push({ code, severity: "error", message, location, related });
  };
  if (source.text.length > limit) {
    report("json/too-large", `file has ${source.text.length} characters, and more than ${limit} are not read`, 0, 0);
    return { root: undefined, diagnostics };
  }
  if (mayNestTooDeep(source.text)) {
    report("json/too-deep", `file is nested more than ${DEPTH_LIMIT} levels deep`, 0, 0);
    return { root: undefined, diagnostics };
  }
  const errors: ParseError[] = [];
  const tree = parseTree(source.text, errors, { disallowComments: true, allowTrailingComma: false });
  for (const error of errors.slice(0, PROBLEM_LIMIT)) {
    const code = printParseErrorCode(error.error);
    report("json/syntax", MESSAGES[code] ?? code, error.offset, error.offset + error.length);
  }
  const doubled = (first: Node, again: Node) => {
    const location = { source, start: first.offset, end: first.offset + first.length };
    const message = `key "${again.value}" is given twice, and only the last counts`;
    report("json/duplicate-key", message, again.offset, again.offset + again.length, [
      { message: "ignored here", location },
    ]);
  };
  return { root: tree && dataNode(tree, source, doubled), diagnostics };
}

function dataNode(node: Node, source: SourceText, doubled: (first: Node, again: Node) => void): DataNode {
  const at = (place: Node) => ({ source, start: place.offset, end: place.offset + place.length });
  const location = at(node);
  if (node.type === "array") {
    return {
      kind: "sequence",
      location,
      items: (node.children ?? []).map((child) => dataNode(child, source, doubled)),
    };
  }
  if (node.type !== "object") return { kind: "scalar", value: (node.value ?? null) as DataScalar, location };
  const seen = new Map<string, Node>();
  const entries = (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) return [];
    const first = seen.get(key.value);
    if (first) doubled(first, key);
    seen.set(key.value, key);
    return [{ key: key.value as string, keyLocation: at(key), node: dataNode(value, source, doubled) }];
  });
  return { kind: "mapping", entries, location };
}
