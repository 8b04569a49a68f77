import type { Facts, Visit } from "./facts.js";
import type { Command } from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { clausesOfTest, clausesOfWords } from "./test-clauses.js";
import { wordOf } from "./word.js";

/** `[ … ]` and `[[ … ]]`. */
export function collectTest({ node, context, text }: Visit, facts: Facts): void {
  const kind = node.children[0]?.type === "[[" ? "double" : "single";
  // `((…))` is a test too where the grammar sees it as one.
  if (node.children[0]?.type === "((") return;
  for (const clause of clausesOfTest(node, text)) facts.tests.push({ ...clause, kind, context });
}

/** `test …`, a command like any other. */
export function collectTestCommand({ args, context }: Command, facts: Facts): void {
  for (const clause of clausesOfWords(args)) facts.tests.push({ ...clause, kind: "single", context });
}

/** The patterns of `case`. */
export function collectCase({ node, context, text }: Visit, facts: Facts): void {
  const value = node.children.find((child) => child.field === "value");
  if (value === undefined) return;
  const left = wordOf(value, text);
  for (const item of node.children) {
    if (item.type !== "case_item") continue;
    for (const pattern of item.children) {
      if (pattern.field !== "value") continue;
      const right = wordOf(pattern, text);
      const { start, end } = pattern;
      facts.tests.push({
        start,
        end,
        operator: "=",
        left,
        right,
        negated: false,
        joint: undefined,
        kind: "case",
        context,
      });
    }
  }
}

export function collectPipeline({ node, context }: Visit, facts: Facts): void {
  const stages = node.children.filter((child) => child.named).map(({ start, end }) => ({ start, end }));
  facts.pipelines.push({ start: node.start, end: node.end, stages, context });
}

/** `((…))` as a statement of its own. */
export function collectArithmetic({ node, context, text }: Visit, facts: Facts): void {
  const open = node.children[0];
  const close = node.children.at(-1);
  if (open?.type !== "((" || close?.type !== "))") return;
  const expression = text.slice(open.end, close.start).trim();
  facts.arithmetic.push({ start: node.start, end: node.end, expression, context });
}

/** `let i++`. */
export function collectLet({ args, start, end, context }: Command, text: string, facts: Facts): void {
  const last = args.at(-1);
  if (last === undefined) return;
  const expression = text.slice(last.start, last.end).replace(/^(["'])(.*)\1$/, "$2");
  facts.arithmetic.push({ start, end, expression, context });
}

/** Whether a node is a statement whose success is only a question: a test, `grep -q`, `command -v`. */
export function isQuestion(node: SyntaxNode, text: string): boolean {
  if (node.type === "test_command") return true;
  if (node.type === "compound_statement") return node.children[0]?.type === "((";
  if (node.type === "negated_command") return true;
  if (node.type === "list") {
    const left = node.children[0];
    const right = node.children[2];
    return left !== undefined && right !== undefined && isQuestion(left, text) && isQuestion(right, text);
  }
  if (node.type === "redirected_statement" && node.children[0]) return isQuestion(node.children[0], text);
  if (node.type === "pipeline") {
    const last = node.children.filter((child) => child.named).at(-1);
    return last !== undefined && isQuestion(last, text);
  }
  return (
    node.type === "command" &&
    /^(test|grep|egrep|fgrep|\[|command -v|type|which|getent)\s/.test(text.slice(node.start, node.end))
  );
}
