import type { Clause, Word } from "./shell-script.js";
import type { SyntaxNode } from "./syntax-tree.js";
import { wordOf } from "./word.js";

type Token = { readonly sign: string; readonly start: number; readonly end: number } | { readonly word: Word };

const UNARY = /^-[abcdefghkLnNoOprsStuvwxzGR]$/;
const BINARY = /^(=|==|!=|=~|<|>|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/;
const INNER = new Set(["binary_expression", "unary_expression", "parenthesized_expression", "negation_expression"]);

/** Clauses of a `[ … ]` or `[[ … ]]` node. The grammar joins operators wrongly, so only the order of its leaves counts. */
export function clausesOfTest(node: SyntaxNode, text: string): Clause[] {
  const tokens: Token[] = [];
  const pending = node.children.slice(1, -1).reverse();
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (INNER.has(next.type)) {
      for (const child of [...next.children].reverse()) pending.push(child);
    } else if (!next.named || next.type === "test_operator") {
      tokens.push({ sign: text.slice(next.start, next.end), start: next.start, end: next.end });
    } else tokens.push({ word: wordOf(next, text) });
  }
  return clauses(tokens);
}

/** Clauses of the operands of the command `test`. */
export function clausesOfWords(words: readonly Word[]): Clause[] {
  return clauses(
    words.map((word) =>
      /^(!|\(|\)|-[a-zA-Z]{1,2}|=|==|!=|<|>)$/.test(word.literal ?? "")
        ? { sign: word.literal as string, start: word.start, end: word.end }
        : { word },
    ),
  );
}

function clauses(tokens: readonly Token[]): Clause[] {
  const found: Clause[] = [];
  let joint: Clause["joint"];
  let part: Token[] = [];
  const close = () => {
    const clause = clauseOf(part, joint);
    if (clause) found.push(clause);
    part = [];
  };
  for (const token of tokens) {
    const sign = "sign" in token ? token.sign : undefined;
    if (sign === "(" || sign === ")") continue;
    const whole = part.some((one) => "word" in one);
    const next =
      sign === "&&" || (sign === "-a" && whole) ? "and" : sign === "||" || (sign === "-o" && whole) ? "or" : undefined;
    if (next === undefined) {
      part.push(token);
      continue;
    }
    close();
    joint = next;
  }
  close();
  return found;
}

function clauseOf(part: readonly Token[], joint: Clause["joint"]): Clause | undefined {
  let negated = false;
  let rest = part;
  for (let first = rest[0]; first && "sign" in first && first.sign === "!"; first = rest[0]) {
    negated = !negated;
    rest = rest.slice(1);
  }
  const [first, second, third] = rest;
  if (first === undefined) return undefined;
  if ("sign" in first) {
    if (!UNARY.test(first.sign) || second === undefined || !("word" in second)) return undefined;
    return {
      start: first.start,
      end: second.word.end,
      operator: first.sign,
      left: undefined,
      right: second.word,
      negated,
      joint,
    };
  }
  if (second === undefined) {
    return {
      start: first.word.start,
      end: first.word.end,
      operator: "",
      left: undefined,
      right: first.word,
      negated,
      joint,
    };
  }
  if (!("sign" in second) || !BINARY.test(second.sign) || third === undefined || !("word" in third)) return undefined;
  return {
    start: first.word.start,
    end: third.word.end,
    operator: second.sign,
    left: first.word,
    right: third.word,
    negated,
    joint,
  };
}
