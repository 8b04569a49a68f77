import { isQuestion } from "./collect-tests.js";
import type { ConditionalEnd } from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";

const BLOCKS = new Set(["compound_statement", "do_group", "else_clause", "elif_clause", "case_item", "if_statement"]);
const CHOICES = new Set(["if_statement", "case_statement"]);

/**
 * Ends of a script that are `condition && command`: when the condition does not hold, that is the exit status of the
 * whole script. `set -e` spares such a line anywhere but at the end.
 */
export function conditionalEnds(root: SyntaxNode, text: string): readonly ConditionalEnd[] {
  const ends: ConditionalEnd[] = [];
  const pending = [lastStatement(root)];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === "list") {
      const [left, operator] = node.children;
      if (left && operator?.type === "&&" && isQuestion(left, text)) {
        ends.push({ start: node.start, end: node.end, condition: { start: left.start, end: left.end } });
      }
      continue;
    }
    if (CHOICES.has(node.type)) {
      for (const child of node.children) {
        if (child.type === "else_clause" || child.type === "elif_clause" || child.type === "case_item") {
          pending.push(lastStatement(child));
        }
      }
    }
    if (node.type === "for_statement" || node.type === "while_statement") {
      const body = node.children.find((child) => child.type === "do_group");
      if (body) pending.push(lastStatement(body));
    } else if (BLOCKS.has(node.type) && node.children[0]?.type !== "((") pending.push(lastStatement(node));
  }
  return ends;
}

/** The last statement that is directly in a node; for `if`, of its first branch. */
function lastStatement(node: SyntaxNode): SyntaxNode | undefined {
  const then = node.children.findIndex((child) => child.type === "then");
  const statements = node.children.filter(
    (child, index) =>
      child.named &&
      child.type !== "comment" &&
      child.type !== "elif_clause" &&
      child.type !== "else_clause" &&
      child.field !== "condition" &&
      child.field !== "value" &&
      index > then,
  );
  return statements.at(-1);
}
