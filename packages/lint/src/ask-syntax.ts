import type { SourceText } from "@dibkit/model";
import type { ElementContext, SyntaxVerdict } from "./element-context.js";
import type { LintTools } from "./lint-tools.js";
import { nextTurn } from "./next-turn.js";
import type { Rule } from "./rule.js";

type Verdicts = ReadonlyMap<SourceText, SyntaxVerdict>;

const NONE: Verdicts = new Map();

/** What interpreters say of scripts: bash of those that the grammar does not understand, python of its own. */
export async function askSyntax(
  contexts: readonly ElementContext[],
  rules: readonly Rule[],
  { bashVerdicts, pythonVerdicts }: LintTools,
): Promise<Verdicts> {
  const isOn = (id: string) => rules.some((rule) => rule.id === id);
  const python = sourcesOf(contexts.flatMap((context) => context.pythonScripts));
  // Python starts while the scripts of bash are read: to wait for it takes as long as a whole tree does to lint.
  const ofPython = isOn("python-syntax") && python.length > 0 ? pythonVerdicts?.(python) : undefined;
  // When reading throws, whoever called asks again, and hears there what becomes of this.
  ofPython?.catch(() => {});
  const doubtful: SourceText[] = [];
  for (const context of contexts) {
    doubtful.push(...sourcesOf(scriptsOf(context).filter((script) => script.shell.problems.length > 0)));
    await nextTurn();
  }
  const bash = [...new Set(doubtful)];
  const ofBash = isOn("script-syntax") && bash.length > 0 ? bashVerdicts?.(bash) : undefined;
  const answers = await Promise.all([ofBash ?? NONE, ofPython ?? NONE]);
  return new Map(answers.flatMap((answer) => [...answer]));
}

function scriptsOf({ hookScripts, shellScripts, environmentFiles }: ElementContext) {
  return [...hookScripts, ...shellScripts, ...environmentFiles];
}

function sourcesOf(scripts: readonly { readonly source: SourceText }[]): readonly SourceText[] {
  return [...new Set(scripts.map(({ source }) => source))];
}
