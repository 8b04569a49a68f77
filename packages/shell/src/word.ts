import type { Word } from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";

/** What is known of a word without running it. */
export function wordOf(node: SyntaxNode, text: string): Word {
  const reading = { prefix: "", open: true, known: true, variables: [] as string[] };
  read(node, text, reading, 0);
  return {
    start: node.start,
    end: node.end,
    literal: reading.known ? reading.prefix : undefined,
    prefix: reading.prefix,
    variables: reading.variables,
  };
}

interface Reading {
  prefix: string;
  open: boolean;
  known: boolean;
  readonly variables: string[];
}

// Nesting deeper than this is not written by people; the word then counts as unknown.
const DEEPEST = 200;

/** Nodes whose text, backslashes aside, is their value. */
const PLAIN = new Set([
  "word",
  "number",
  "extglob_pattern",
  "regex",
  "variable_name",
  "special_variable_name",
  "test_operator",
]);

function read(node: SyntaxNode, text: string, reading: Reading, depth: number): void {
  const parts = node.type === "concatenation" || node.type === "command_name" || PLAIN.has(node.type);
  if (depth > DEEPEST) unknown(reading);
  else if (node.type === "raw_string") add(reading, text.slice(node.start + 1, node.end - 1));
  else if (node.type === "string") readString(node, text, reading, depth);
  else if (parts && node.children.length > 0) readParts(node, text, reading, depth);
  else if (parts) add(reading, unescaped(node, text));
  else if (node.named) {
    if (node.type === "simple_expansion" || node.type === "expansion") noteVariable(node, text, reading);
    unknown(reading);
  } else add(reading, text.slice(node.start, node.end));
}

function noteVariable(node: SyntaxNode, text: string, reading: Reading): void {
  const name = node.children.find((child) => child.type === "variable_name" || child.type === "subscript");
  const variable = name?.type === "subscript" ? name.children[0] : name;
  if (variable) reading.variables.push(text.slice(variable.start, variable.end));
}

/** Tokens between the parts of a word, such as the `{` of a brace expansion, are part of its text. */
function readParts(node: SyntaxNode, text: string, reading: Reading, depth: number): void {
  let at = node.start;
  for (const child of node.children) {
    if (child.start > at) add(reading, text.slice(at, child.start));
    read(child, text, reading, depth + 1);
    at = child.end;
  }
}

function readString(node: SyntaxNode, text: string, reading: Reading, depth: number): void {
  let at = node.start + 1;
  for (const child of node.children.slice(1, -1)) {
    if (child.start > at) add(reading, text.slice(at, child.start));
    if (child.type === "string_content")
      add(reading, text.slice(child.start, child.end).replace(/\\([$`"\\\n])/g, "$1"));
    else read(child, text, reading, depth + 1);
    at = child.end;
  }
  if (node.end - 1 > at) add(reading, text.slice(at, node.end - 1));
}

function unescaped(node: SyntaxNode, text: string): string {
  const raw = text.slice(node.start, node.end);
  return raw.includes("\\") ? raw.replace(/\\\n/g, "").replace(/\\(.)/g, "$1") : raw;
}

function add(reading: Reading, text: string): void {
  if (reading.open) reading.prefix += text;
}

function unknown(reading: Reading): void {
  reading.open = false;
  reading.known = false;
}
