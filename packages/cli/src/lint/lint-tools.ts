import { readFileSync } from "node:fs";
import type { LintTools, SyntaxVerdict } from "@dibkit/lint";
import type { SourceText } from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import type { LintSession } from "./lint-session.js";
import { pythonVerdicts } from "./python-verdicts.js";
import { runShellcheck } from "./run-shellcheck.js";

/** What the linter may ask: other programs, run through the one door to them, and files outside of elements. */
export function lintTools(
  { configuration, repositoryTexts }: Pick<LintSession, "configuration" | "repositoryTexts">,
  terminal: Pick<Terminal, "stderr" | "env">,
): LintTools {
  const wanted = configuration.shellcheck;
  const tools: LintTools = {
    bashVerdicts,
    pythonVerdicts: (sources) => pythonVerdicts(sources, terminal.env),
    readText,
    repositoryTexts,
  };
  if (wanted === false) return tools;
  return { ...tools, shellcheck: (sources) => runShellcheck(sources, terminal) };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

const LONGEST_READING_MS = 10_000;

/** Asks `bash -n`, which reads a script and runs nothing. Texts are few: only those the grammar does not understand. */
async function bashVerdicts(sources: readonly SourceText[]): Promise<ReadonlyMap<SourceText, SyntaxVerdict>> {
  const { createCommandRunner } = await import("@dibkit/exec");
  const runner = createCommandRunner();
  const verdicts = new Map<SourceText, SyntaxVerdict>();
  for (const source of sources) {
    const signal = AbortSignal.timeout(LONGEST_READING_MS);
    const result = await runner.run(["bash", "-n"], { input: source.text, signal });
    if (result.ok) verdicts.set(source, { valid: true });
    else if (result.error.kind === "exited") verdicts.set(source, refusal(result.error.tail));
  }
  return verdicts;
}

/** `bash: line 7: syntax error near unexpected token …`. */
function refusal(tail: readonly string[]): SyntaxVerdict {
  for (const line of tail) {
    const match = /line (\d+): (.*)$/.exec(line);
    if (match) return { valid: false, line: Number(match[1]), message: (match[2] as string).replace(/\.$/, "") };
  }
  return { valid: false };
}
