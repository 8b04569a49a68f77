import { branchVariables } from "./branch-variables.js";
import { childContext, TOP_LEVEL } from "./child-context.js";
import { collectAssignment, collectDeclaration, collectLoopVariable, collectUnset } from "./collect-assignments.js";
import { collectCommand } from "./collect-commands.js";
import { collectHeredoc } from "./collect-heredocs.js";
import { collectExpansion, collectVariableName, collectVariableTest } from "./collect-reads.js";
import { collectArithmetic, collectCase, collectPipeline, collectTest } from "./collect-tests.js";
import { conditionalEnds } from "./conditional-ends.js";
import type { Facts, Visit } from "./facts.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { wordOf } from "./word.js";

/** Reads every fact off a syntax tree in one pass, in the order of the text. */
export function collectFacts(root: SyntaxNode, text: string): Facts {
  const facts: Facts = {
    problems: [],
    commands: [],
    reads: [],
    assignments: [],
    options: [],
    sources: [],
    redirects: [],
    heredocs: [],
    tests: [],
    pipelines: [],
    arithmetic: [],
    conditionalEnds: conditionalEnds(root, text),
    branchVariables: branchVariables(root, text),
    functions: [],
    comments: [],
    dynamic: false,
  };
  const pending: Visit[] = [{ node: root, parent: undefined, context: TOP_LEVEL, text }];
  for (let visit = pending.pop(); visit; visit = pending.pop()) {
    collect(visit, facts);
    const { node, context } = visit;
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      const child = node.children[index] as SyntaxNode;
      if (!child.named && !child.missing) continue;
      pending.push({ node: child, parent: node, context: childContext(node, index, context, text), text });
    }
  }
  return facts;
}

function collect(visit: Visit, facts: Facts): void {
  const { node, text } = visit;
  if (node.missing) facts.problems.push({ start: node.start, end: node.end, message: `expected "${node.type}"` });
  switch (node.type) {
    case "ERROR":
      facts.problems.push({ start: node.start, end: node.end, message: "this is not understood here" });
      break;
    case "comment":
      facts.comments.push({ start: node.start, end: node.end });
      break;
    case "command":
      collectCommand(visit, facts);
      break;
    case "variable_assignment":
      collectAssignment(visit, facts);
      break;
    case "declaration_command":
      collectDeclaration(visit, facts);
      break;
    case "for_statement":
      collectLoopVariable(visit, facts);
      break;
    case "unset_command":
      collectUnset(visit, facts);
      break;
    case "simple_expansion":
    case "expansion":
      collectExpansion(visit, facts);
      break;
    case "unary_expression":
      collectVariableTest(visit, facts);
      break;
    case "variable_name":
      collectVariableName(visit, facts);
      break;
    case "file_redirect":
      collectRedirect(visit, facts);
      break;
    case "heredoc_redirect":
      collectHeredoc(visit, facts);
      break;
    case "test_command":
      collectTest(visit, facts);
      break;
    case "case_statement":
      collectCase(visit, facts);
      break;
    case "pipeline":
      collectPipeline(visit, facts);
      break;
    case "compound_statement":
      collectArithmetic(visit, facts);
      break;
    case "function_definition": {
      const name = node.children.find((child) => child.field === "name");
      if (name) facts.functions.push({ start: name.start, end: name.end, name: text.slice(name.start, name.end) });
      break;
    }
  }
}

function collectRedirect({ node, context, text }: Visit, facts: Facts): void {
  const operator = node.children.find((child) => !child.named);
  const target = node.children.find((child) => child.field === "destination");
  if (!operator || !target) return;
  facts.redirects.push({
    start: node.start,
    end: node.end,
    operator: operator.type,
    target: wordOf(target, text),
    context,
  });
}
