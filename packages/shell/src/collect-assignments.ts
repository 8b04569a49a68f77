import { nameOf } from "./collect-reads.js";
import type { Facts, Visit } from "./facts.js";
import type { AssignmentKind, VariableAssignment, Word } from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { wordOf } from "./word.js";

const KIND_BY_KEYWORD: Readonly<Record<string, AssignmentKind>> = {
  export: "export",
  local: "local",
  declare: "declare",
  typeset: "declare",
  readonly: "readonly",
};

/** `X=…`, on its own, in front of a command, or in a declaration. */
export function collectAssignment({ node, parent, context, text }: Visit, facts: Facts): void {
  const [target, operator] = node.children;
  if (!target || !operator) return;
  const value = node.children.find((child) => child.field === "value");
  const declaration = parent?.type === "declaration_command" ? declarationOf(parent, text) : undefined;
  const prefixed = parent?.type === "command" && parent.children.some((child) => child.field === "name");
  facts.assignments.push({
    start: node.start,
    end: node.end,
    name: nameOf(target, text),
    kind: declaration?.kind ?? (prefixed ? "prefix" : "plain"),
    exported: declaration?.exported ?? false,
    append: operator.type === "+=",
    value: value && wordOf(value, text),
    substitutes: value !== undefined && substitutes(value),
    context,
  });
}

/** Names without a value in `export A B`, `local x`; a computed name makes the script dynamic. */
export function collectDeclaration({ node, context, text }: Visit, facts: Facts): void {
  const { kind, exported, functions } = declarationOf(node, text);
  if (functions) return;
  for (const child of node.children.slice(1)) {
    if (child.type === "variable_name") {
      facts.assignments.push({ ...bare(child, kind, text), exported, context });
    } else if (child.named && child.type !== "variable_assignment" && wordOf(child, text).literal === undefined) {
      facts.dynamic = true;
    }
  }
}

export function collectUnset({ node, context, text }: Visit, facts: Facts): void {
  for (const child of node.children) {
    if (child.type === "variable_name") facts.assignments.push({ ...bare(child, "unset", text), context });
  }
}

/** `for x in …` and `select x in …`. */
export function collectLoopVariable({ node, context, text }: Visit, facts: Facts): void {
  const variable = node.children.find((child) => child.field === "variable");
  if (variable) facts.assignments.push({ ...bare(variable, "for", text), context });
}

/** An assignment made by a builtin that takes a variable's name: `read x`, `printf -v x`. */
export function assignedByName(word: Word, kind: AssignmentKind): Omit<VariableAssignment, "context"> | undefined {
  const name = word.literal?.replace(/\[.*$/, "");
  if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return undefined;
  return {
    start: word.start,
    end: word.end,
    name,
    kind,
    exported: false,
    append: false,
    value: undefined,
    substitutes: false,
  };
}

function bare(node: SyntaxNode, kind: AssignmentKind, text: string): Omit<VariableAssignment, "context"> {
  return {
    start: node.start,
    end: node.end,
    name: text.slice(node.start, node.end),
    kind,
    exported: false,
    append: false,
    value: undefined,
    substitutes: false,
  };
}

interface Declaration {
  readonly kind: AssignmentKind;
  readonly exported: boolean;
  readonly functions: boolean;
}

// Each assignment of a declaration asks again, and there may be thousands in one.
const declarations = new WeakMap<SyntaxNode, Declaration>();

function declarationOf(node: SyntaxNode, text: string): Declaration {
  const known = declarations.get(node);
  if (known) return known;
  const keyword = node.children[0]?.type ?? "";
  const flags = node.children
    .filter((child) => child.type === "word")
    .map((child) => text.slice(child.start, child.end))
    .filter((word) => word.startsWith("-"))
    .join("");
  const kind = KIND_BY_KEYWORD[keyword] ?? "declare";
  const declaration = { kind, exported: kind === "export" || flags.includes("x"), functions: flags.includes("f") };
  declarations.set(node, declaration);
  return declaration;
}

function substitutes(value: SyntaxNode): boolean {
  const pending = [value];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === "command_substitution") return true;
    for (const child of node.children) pending.push(child);
  }
  return false;
}
