import { givenInCase, givenWhen, NOTHING_GIVEN } from "./given.js";
import type { Context } from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";

export const TOP_LEVEL: Context = {
  function: undefined,
  subshell: false,
  tested: false,
  optional: false,
  substitution: false,
  given: NOTHING_GIVEN,
};

/** Context of the child at `index` of a node. */
export function childContext(node: SyntaxNode, index: number, context: Context, text: string): Context {
  const child = node.children[index] as SyntaxNode;
  switch (node.type) {
    case "if_statement":
    case "while_statement":
      if (child.field === "condition") return change(context, { tested: true });
      return child.type === "elif_clause" || child.type === "else_clause"
        ? change(context, { optional: true })
        : under(context, conditionOf(node), text);
    case "elif_clause": {
      const then = node.children.findIndex((other) => other.type === "then");
      return index < then
        ? change(context, { tested: true, optional: true })
        : under(
            context,
            node.children.find((other) => other.named),
            text,
          );
    }
    case "for_statement":
    case "c_style_for_statement":
    case "case_statement":
      if (child.field === "value") return context;
      return child.type === "case_item"
        ? also(change(context, { optional: true }), givenInCase(node, child, text))
        : change(context, { optional: true });
    case "else_clause":
    case "case_item":
      return change(context, { optional: true });
    case "list":
      if (index === 0) return change(context, { tested: true });
      return node.children[1]?.type === "&&"
        ? under(context, node.children[0], text)
        : change(context, { optional: true });
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

function conditionOf(node: SyntaxNode): SyntaxNode | undefined {
  return node.children.find((child) => child.field === "condition");
}

/** Context of what runs only when a condition is true. */
function under(context: Context, condition: SyntaxNode | undefined, text: string): Context {
  const optional = change(context, { optional: true });
  return condition === undefined ? optional : also(optional, givenWhen(condition, text));
}

function also(context: Context, given: Context["given"]): Context {
  return given.length === 0 ? context : { ...context, given: [...context.given, ...given] };
}

function change(context: Context, part: Partial<Context>): Context {
  for (const key of Object.keys(part) as (keyof Context)[]) {
    if (context[key] !== part[key]) return { ...context, ...part };
  }
  return context;
}
