import type { BranchVariable } from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";

/** What a stretch of statements does to variables. */
interface Flow {
  readonly definite: Set<string>;
  /** Set in some branch before, and the statement whose branch that is. */
  readonly sometimes: Map<string, { readonly statement: SyntaxNode; readonly explicit: boolean }>;
  /** The script, loop or function ends in it. */
  ended: boolean;
}

const ENDS = new Set(["exit", "return", "exec", "die", "fail", "abort", "error", "break", "continue", "usage"]);
// Deeper nesting is not written by people.
const DEEPEST = 60;

/**
 * Variables that are read in a block although an `if` or `case` before it in the same block, or in one around it, sets
 * them in some of its branches only. A read inside a further condition is left alone, as that may be the same condition.
 */
export function branchVariables(root: SyntaxNode, text: string): readonly BranchVariable[] {
  const found = new Map<string, BranchVariable>();
  const flow: Flow = { definite: new Set(), sometimes: new Map(), ended: false };
  walk(statementsOf(root), flow, { text, found, depth: 0 });
  return [...found.values()];
}

interface Walk {
  readonly text: string;
  readonly found: Map<string, BranchVariable>;
  readonly depth: number;
}

function walk(statements: readonly SyntaxNode[], flow: Flow, way: Walk): void {
  if (way.depth > DEEPEST) return;
  for (const statement of statements) {
    if (flow.ended) return;
    switch (statement.type) {
      case "comment":
      case "function_definition":
        break;
      case "if_statement":
      case "case_statement":
        choose(statement, flow, way);
        break;
      case "for_statement":
      case "c_style_for_statement":
      case "while_statement":
      case "subshell":
        break;
      case "list":
        if (statement.children[0]) read(statement.children[0], flow, way);
        for (const name of assigned(statement.children[0], way.text)) flow.definite.add(name);
        break;
      case "compound_statement":
        walk(statementsOf(statement), flow, { ...way, depth: way.depth + 1 });
        break;
      default:
        read(statement, flow, way);
        for (const name of assigned(statement, way.text)) flow.definite.add(name);
        if (ends(statement, way.text)) flow.ended = true;
    }
  }
}

function choose(statement: SyntaxNode, flow: Flow, way: Walk): void {
  const branches = branchesOf(statement, way.text).map(({ statements, otherwise }) => {
    const inner: Flow = { definite: new Set(flow.definite), sometimes: new Map(), ended: false };
    walk(statements, inner, { ...way, depth: way.depth + 1 });
    const touched = new Set(statements.flatMap((one) => namesIn(one, way.text)));
    const ended = inner.ended || (otherwise && onlySpeaks(statements, way.text));
    return { ...inner, ended, touched, otherwise };
  });
  const going = branches.filter((branch) => !branch.ended);
  const whole = branches.some((branch) => branch.otherwise);
  if (whole && going.length === 0) flow.ended = true;
  const names = new Set(going.flatMap((branch) => [...branch.definite]));
  for (const name of names) {
    if (flow.definite.has(name)) continue;
    const without = going.filter((branch) => !branch.definite.has(name));
    if (without.length === 0 && whole) flow.definite.add(name);
    // A branch that only may set it has thought of it.
    else if (!without.some((branch) => branch.touched.has(name))) {
      flow.sometimes.set(name, { statement, explicit: without.length > 0 });
    }
  }
}

interface Branch {
  readonly statements: readonly SyntaxNode[];
  /** Taken when no other is. */
  readonly otherwise: boolean;
}

function branchesOf(statement: SyntaxNode, text: string): readonly Branch[] {
  if (statement.type === "case_statement") {
    return statement.children
      .filter((child) => child.type === "case_item")
      .map((item) => ({
        statements: item.children.filter((child) => child.named && child.field !== "value"),
        otherwise: item.children.some((child) => child.field === "value" && text.slice(child.start, child.end) === "*"),
      }));
  }
  const branches: Branch[] = [{ statements: statementsOf(statement), otherwise: false }];
  for (const child of statement.children) {
    if (child.type === "elif_clause") branches.push({ statements: statementsOf(child), otherwise: false });
    if (child.type === "else_clause") branches.push({ statements: statementsOf(child), otherwise: true });
  }
  return branches;
}

function statementsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const then = node.children.findIndex((child) => child.type === "then");
  return node.children.filter(
    (child, index) =>
      child.named &&
      index > then &&
      child.field !== "condition" &&
      child.type !== "elif_clause" &&
      child.type !== "else_clause",
  );
}

function read(node: SyntaxNode, flow: Flow, { text, found }: Walk): void {
  if (flow.sometimes.size === 0) return;
  for (const expansion of descendants(node, new Set(["simple_expansion", "expansion"]))) {
    const name = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(text.slice(expansion.start, expansion.end))?.[1];
    const setting = name === undefined ? undefined : flow.sometimes.get(name);
    if (name === undefined || setting === undefined || flow.definite.has(name) || found.has(name)) continue;
    const { start, end } = expansion;
    const statement = { start: setting.statement.start, end: setting.statement.end };
    found.set(name, { start, end, name, statement, explicit: setting.explicit });
  }
}

/** Names that a statement surely sets. */
function assigned(node: SyntaxNode | undefined, text: string): readonly string[] {
  if (node === undefined) return [];
  const inner = node.type === "declaration_command" || node.type === "variable_assignments" ? node.children : [node];
  return inner.flatMap((child) => {
    const target = child.type === "variable_assignment" ? child.children[0] : undefined;
    return target === undefined ? [] : [text.slice(target.start, target.end).replace(/\[.*$/s, "")];
  });
}

/** Names that a statement sets anywhere, on a condition or not. */
function namesIn(node: SyntaxNode, text: string): readonly string[] {
  return descendants(node, new Set(["variable_assignment"])).flatMap((one) => assigned(one, text));
}

function ends(node: SyntaxNode, text: string): boolean {
  return ENDS.has(programOf(node, text) ?? "");
}

/** A last branch that only tells the user what is wrong: that the script ends after it is what its author meant. */
function onlySpeaks(statements: readonly SyntaxNode[], text: string): boolean {
  const commands = statements.filter(({ type }) => type !== "comment");
  return commands.length > 0 && commands.every((one) => /^(?:echo|printf)$/.test(programOf(one, text) ?? ""));
}

function programOf(node: SyntaxNode, text: string): string | undefined {
  const command = node.type === "redirected_statement" ? node.children[0] : node;
  const name = command?.type === "command" ? command.children.find((child) => child.field === "name") : undefined;
  return name === undefined ? undefined : text.slice(name.start, name.end);
}

function descendants(node: SyntaxNode, types: ReadonlySet<string>): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const pending = [node];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (types.has(next.type)) found.push(next);
    for (const child of next.children) pending.push(child);
  }
  return found.sort((a, b) => a.start - b.start);
}
