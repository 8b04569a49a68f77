import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { LintTools, SyntaxVerdict } from "@dibkit/lint";
import type { SourceText } from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import type { LintSession } from "./lint-session.js";
import { pythonVerdicts } from "./python-verdicts.js";
import { runShellcheck } from "./run-shellcheck.js";
import { openTextCache } from "./text-cache.js";

/** What the linter may ask: other programs, run by the one command runner, and files outside of elements. */
export function lintTools(
  { configuration, repository }: Pick<LintSession, "configuration" | "repository">,
  terminal: Pick<Terminal, "stderr" | "env">,
): LintTools {
  const wanted = configuration.shellcheck;
  const tools: LintTools = {
    bashVerdicts: (sources) => bashVerdicts(sources, terminal.env),
    pythonVerdicts: (sources) => pythonVerdicts(sources, terminal.env),
    readText,
    repositoryTexts: repository.read,
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

/**
 * Asks `bash -n`, which reads a script and runs nothing, once for each text. These are few: only those the grammar does not
 * understand.
 */
async function bashVerdicts(
  sources: readonly SourceText[],
  env: Terminal["env"],
): Promise<ReadonlyMap<SourceText, SyntaxVerdict>> {
  const cache = openTextCache<SyntaxVerdict>(env, "bash", "-n");
  const fresh = sources.filter(({ text }) => cache?.get(text) === undefined);
  const answers = new Map<SourceText, SyntaxVerdict>();
  if (fresh.length > 0) {
    const { createCommandRunner } = await import("@dibkit/exec");
    const runner = createCommandRunner();
    const ask = async (source: SourceText) => {
      const signal = AbortSignal.timeout(LONGEST_READING_MS);
      const result = await runner.run(["bash", "-n"], { input: source.text, signal });
      const verdict = result.ok
        ? { valid: true }
        : result.error.kind === "exited"
          ? refusal(result.error.tail)
          : undefined;
      if (verdict === undefined) return;
      answers.set(source, verdict);
      cache?.set(source.text, verdict);
    };
    const left = [...fresh];
    const work = async () => {
      for (let source = left.shift(); source !== undefined; source = left.shift()) await ask(source);
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    cache?.save();
  }
  return new Map(
    sources.flatMap((source) => {
      const verdict = answers.get(source) ?? cache?.get(source.text);
      return verdict === undefined ? [] : [[source, verdict]];
    }),
  );
}

/** `bash: line 7: syntax error near unexpected token …`. */
function refusal(tail: readonly string[]): SyntaxVerdict {
  for (const line of tail) {
    const match = /line (\d+): (.*)$/.exec(line);
    if (match) return { valid: false, line: Number(match[1]), message: (match[2] as string).replace(/\.$/, "") };
  }
  return { valid: false };
}
