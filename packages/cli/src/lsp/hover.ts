import type { Rule } from "@dibkit/lint";
import { type Catalog, type Diagnostic, viewsOf } from "@dibkit/model";
import type { Hover, Position } from "vscode-languageserver/node.js";
import { rangeOf } from "./lsp-diagnostic.js";
import type { Word } from "./schema-words.js";

/**
 * The pages of the rules that found something at a position; on a line of `element-deps`, what the element is; else what
 * the word there says.
 */
export function hover(
  path: string,
  position: Position,
  line: string,
  word: Word | undefined,
  diagnostics: readonly Diagnostic[],
  catalog: Catalog | undefined,
  rules: readonly Rule[],
): Hover | undefined {
  const pages = diagnostics
    .filter(({ location }) => location?.source.path === path && contains(rangeOf(location), position))
    .map((diagnostic) => rules.find((rule) => rule.id === diagnostic.code))
    .filter((rule) => rule !== undefined)
    .map(page);
  const element = path.endsWith("/element-deps") ? catalog?.elements.get(line.trim()) : undefined;
  if (element) {
    const readme = viewsOf(element).readme.value;
    pages.push(`**${element.name}** — ${readme?.summary ?? "an element without README.rst"}\n\n${element.root}`);
  } else if (word?.description !== undefined) pages.push(`**${word.text}** — ${word.description}`);
  if (pages.length === 0) return undefined;
  return { contents: { kind: "markdown", value: [...new Set(pages)].join("\n\n---\n\n") } };
}

function contains(range: ReturnType<typeof rangeOf>, { line, character }: Position): boolean {
  const afterStart = line > range.start.line || (line === range.start.line && character >= range.start.character);
  const beforeEnd = line < range.end.line || (line === range.end.line && character <= range.end.character);
  return afterStart && beforeEnd;
}

function page(rule: Rule): string {
  return `**${rule.id}** — ${rule.summary}\n\n${rule.why}\n\n*What upstream does:* ${rule.upstream}\n\n*How to repair it:* ${rule.fix}`;
}
