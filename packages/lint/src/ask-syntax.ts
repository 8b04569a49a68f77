import type { SourceText } from "@dibkit/model";
import type { ElementContext, SyntaxVerdict } from "./element-context.js";
import type { LintTools } from "./lint-tools.js";
import type { Rule } from "./rule.js";

/** What interpreters say of scripts: bash of those that the grammar does not understand, python of its own. */
export async function askSyntax(
  contexts: readonly ElementContext[],
  rules: readonly Rule[],
  { bashVerdicts, pythonVerdicts }: LintTools,
): Promise<ReadonlyMap<SourceText, SyntaxVerdict>> {
  const isOn = (id: string) => rules.some((rule) => rule.id === id);
  const doubtful = contexts
    .flatMap((context) => [...context.hookScripts, ...context.shellScripts, ...context.environmentFiles])
    .filter((script) => script.shell.problems.length > 0);
  const python = contexts.flatMap((context) => context.pythonScripts);
  const sources = (scripts: readonly { readonly source: SourceText }[]) => [
    ...new Set(scripts.map(({ source }) => source)),
  ];
  const none: ReadonlyMap<SourceText, SyntaxVerdict> = new Map();
  const answers = await Promise.all([
    isOn("script-syntax") && doubtful.length > 0 ? (bashVerdicts?.(sources(doubtful)) ?? none) : none,
    isOn("python-syntax") && python.length > 0 ? (pythonVerdicts?.(sources(python)) ?? none) : none,
  ]);
  return new Map(answers.flatMap((answer) => [...answer]));
}
