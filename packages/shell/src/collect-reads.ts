import type { Facts, Visit } from "./facts.js";
import type { ReadKind } from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { wordOf } from "./word.js";

/** What bash calls a name; positional and special parameters are not variables here. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const KIND_BY_OPERATOR: Readonly<Record<string, ReadKind>> = {
  ":-": "default",
  "-": "default",
  ":=": "assign",
  "=": "assign",
  ":+": "alternate",
  "+": "alternate",
  ":?": "error",
  "?": "error",
};

/** `$X` and `${X…}`. */
export function collectExpansion({ node, context, text }: Visit, facts: Facts): void {
  const at = node.children.findIndex((child) => child.type === "variable_name" || child.type === "subscript");
  if (at === -1) return;
  const name = nameOf(node.children[at] as SyntaxNode, text);
  if (!NAME.test(name)) return;
  const before = node.children[at - 1];
  if (before?.type === "!") facts.dynamic = true;
  const operator = node.children[at + 1];
  const kind = (operator && KIND_BY_OPERATOR[operator.type]) ?? "plain";
  const fallbackNode = kind === "plain" ? undefined : node.children.slice(at + 2).find((child) => child.named);
  const fallback = fallbackNode && wordOf(fallbackNode, text);
  facts.reads.push({ start: node.start, end: node.end, name, kind, fallback, context });
  if (kind !== "assign") return;
  facts.assignments.push({
    start: node.start,
    end: node.end,
    name,
    kind: "default",
    exported: false,
    append: false,
    value: fallback,
    substitutes: false,
    context,
  });
}

/** `[[ -v X ]]`: the script asks whether the variable is set. */
export function collectVariableTest({ node, context, text }: Visit, facts: Facts): void {
  const [operator, operand] = node.children;
  if (!operator || !operand || text.slice(operator.start, operator.end) !== "-v") return;
  const name = wordOf(operand, text).literal?.replace(/\[.*$/, "");
  if (name === undefined || !NAME.test(name)) return;
  facts.reads.push({ start: operand.start, end: operand.end, name, kind: "tested", fallback: undefined, context });
}

const ARITHMETIC = new Set([
  "arithmetic_expansion",
  "binary_expression",
  "unary_expression",
  "postfix_expression",
  "parenthesized_expression",
  "ternary_expression",
  "compound_statement",
]);

/** A bare name in arithmetic: `$(( n + 1 ))`. */
export function collectVariableName({ node, parent, context, text }: Visit, facts: Facts): void {
  if (!parent || !ARITHMETIC.has(parent.type)) return;
  const name = text.slice(node.start, node.end);
  if (!NAME.test(name)) return;
  facts.reads.push({ start: node.start, end: node.end, name, kind: "arithmetic", fallback: undefined, context });
}

/** Name of a variable or of the array it is an element of. */
export function nameOf(node: SyntaxNode, text: string): string {
  const name = node.type === "subscript" ? node.children[0] : node;
  return name ? text.slice(name.start, name.end) : "";
}
