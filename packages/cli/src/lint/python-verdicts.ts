import type { SyntaxVerdict } from "@dibkit/lint";
import type { SourceText } from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import { openTextCache, programPath } from "./text-cache.js";

const LONGEST_READING_MS = 20_000;

/** Compiles texts, given as a list in JSON, and runs none of them: a line for each, of line number and reason. */
const PROGRAM = `
import ast, json, sys, warnings
warnings.simplefilter("ignore")
for text in json.load(sys.stdin):
    try:
        ast.parse(text)
        print(json.dumps(None))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        print(json.dumps([getattr(error, "lineno", None) or 1, getattr(error, "msg", None) or str(error)]))
`;

/** What python 3 says of scripts, each text once and all in one process; nothing when there is no python. */
export async function pythonVerdicts(
  sources: readonly SourceText[],
  env: Terminal["env"],
): Promise<ReadonlyMap<SourceText, SyntaxVerdict>> {
  const cache = openTextCache<SyntaxVerdict>(env, "python3", PROGRAM);
  const fresh = cache === undefined ? [] : sources.filter(({ text }) => cache.get(text) === undefined);
  for (const [source, verdict] of fresh.length === 0 ? [] : await compile(fresh, env)) cache?.set(source.text, verdict);
  cache?.save();
  return new Map(
    sources.flatMap((source) => {
      const verdict = cache?.get(source.text);
      return verdict === undefined ? [] : [[source, verdict]];
    }),
  );
}

async function compile(
  sources: readonly SourceText[],
  env: Terminal["env"],
): Promise<ReadonlyMap<SourceText, SyntaxVerdict>> {
  const { createCommandRunner } = await import("@dibkit/exec");
  const lines: string[] = [];
  const result = await createCommandRunner().run(
    [programPath(env, "python3") ?? "python3", "-I", "-S", "-c", PROGRAM],
    {
      input: JSON.stringify(sources.map(({ text }) => text)),
      onOutput: (line) => lines.push(line),
      signal: AbortSignal.timeout(LONGEST_READING_MS),
    },
  );
  if (!result.ok || lines.length !== sources.length) return new Map();
  return new Map(sources.map((source, index) => [source, verdictOf(lines[index] as string)]));
}

function verdictOf(line: string): SyntaxVerdict {
  const reason = JSON.parse(line) as readonly [number, string] | null;
  if (reason === null) return { valid: true };
  return { valid: false, line: reason[0], message: reason[1].replace(/\.$/, "") };
}
