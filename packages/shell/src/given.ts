import type { Clause, Given } from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { clausesOfTest, clausesOfWords } from "./test-clauses.js";
import { wordOf } from "./word.js";

export const NOTHING_GIVEN: readonly Given[] = [];

/** What holds when a condition is true: every test of a chain of `&&`. */
export function givenWhen(condition: SyntaxNode, text: string): readonly Given[] {
  switch (condition.type) {
    case "test_command":
      return givenByClauses(clausesOfTest(condition, text));
    case "command": {
      const [name, ...rest] = condition.children.filter((child) => child.named);
      if (name === undefined || text.slice(name.start, name.end) !== "test") return NOTHING_GIVEN;
      return givenByClauses(clausesOfWords(rest.map((child) => wordOf(child, text))));
    }
    case "list": {
      const [left, operator, right] = condition.children;
      if (left === undefined || right === undefined) return NOTHING_GIVEN;
      const both = [givenWhen(left, text), givenWhen(right, text)] as const;
      return operator?.type === "&&" ? [...both[0], ...both[1]] : either(...both);
    }
    default:
      return NOTHING_GIVEN;
  }
}

/** What holds in an item of `case $X in`. */
export function givenInCase(statement: SyntaxNode, item: SyntaxNode, text: string): readonly Given[] {
  const value = statement.children.find((child) => child.field === "value");
  const variable = value && onlyVariable(text.slice(value.start, value.end));
  if (variable === undefined) return NOTHING_GIVEN;
  const values = item.children
    .filter((child) => child.field === "value")
    .map((child) => wordOf(child, text).literal ?? "*");
  return values.includes("*") ? NOTHING_GIVEN : [{ variable, values, regex: false }];
}

function givenByClauses(clauses: readonly Clause[]): readonly Given[] {
  let given: readonly Given[] = NOTHING_GIVEN;
  for (const clause of clauses) {
    const own = givenByClause(clause);
    given = clause.joint === "or" ? either(given, own) : [...given, ...own];
  }
  return given;
}

function givenByClause({ left, operator, right, negated }: Clause): readonly Given[] {
  const variable = left?.variables.length === 1 && left.prefix === "" ? left.variables[0] : undefined;
  if (variable === undefined || negated || right.literal === undefined) return NOTHING_GIVEN;
  if (operator === "=" || operator === "==") return [{ variable, values: [right.literal], regex: false }];
  if (operator !== "=~") return NOTHING_GIVEN;
  return [{ variable, values: right.literal.replace(/^\^?\(|\)\$?$/g, "").split("|"), regex: true }];
}

/** What is known when one of two holds: only a variable that both speak of. */
function either(left: readonly Given[], right: readonly Given[]): readonly Given[] {
  return left.flatMap((one) => {
    const other = right.find(({ variable, regex }) => variable === one.variable && regex === one.regex);
    return other === undefined ? [] : [{ ...one, values: [...one.values, ...other.values] }];
  });
}

/** `X` for `$X`, `${X}` and these in double quotes, or with a default. */
export function onlyVariable(text: string): string | undefined {
  return /^"?\$(?:\{)?([A-Za-z_]\w*)(?::?-[^{}$]*)?\}?"?$/.exec(text)?.[1];
}
