import type { Context } from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";

export const TOP_LEVEL: Context = {
  function: undefined,
  subshell: false,
  tested: false,
  optional: false,
  substitution: false,
};

/** Context of the child at `index` of a node. */
export function childContext(node: SyntaxNode, index: number, context: Context, text: string): Context {
  const child = node.children[index] as SyntaxNode;
  switch (node.type) {
    case "if_statement":
    case "while_statement":
      return child.field === "condition" ? change(context, { tested: true }) : change(context, { optional: true });
    case "elif_clause": {
      const then = node.children.findIndex((other) => other.type === "then");
      return change(context, index < then ? { tested: true, optional: true } : { optional: true });
    }
    case "for_statement":
    case "c_style_for_statement":
    case "case_statement":
      return child.field === "value" ? context : change(context, { optional: true });
    case "else_clause":
    case "case_item":
      return change(context, { optional: true });
    case "list":
      return index === 0 ? change(context, { tested: true }) : change(context, { optional: true });
    case "negated_command":
      return change(context, { tested: true });
    case "pipeline":
      return change(context, { subshell: true });
    case "subshell":
    case "process_substitution":
      return change(context, { subshell: true });
    case "command_substitution":
      return change(context, { subshell: true, substitution: true });
    case "function_definition": {
      const name = node.children.find((other) => other.field === "name");
      return {
        ...TOP_LEVEL,
        function: name ? text.slice(name.start, name.end) : undefined,
        optional: true,
      };
    }
    default:
      return context;
  }
}

function change(context: Context, part: Partial<Context>): Context {
  for (const key of Object.keys(part) as (keyof Context)[]) {
    if (context[key] !== part[key]) return { ...context, ...part };
  }
  return context;
}
