import type { BashVerdict, LintConfiguration, LintTools, ShellcheckComment } from "@dibkit/lint";
import type { SourceText } from "@dibkit/model";
import type { Terminal } from "./terminal.js";

/** The programs the linter may ask, run through the one door to other programs. */
export function lintTools(configuration: LintConfiguration, terminal: Pick<Terminal, "stderr">): LintTools {
  const wanted = configuration.shellcheck;
  if (wanted === false) return { bashVerdicts };
  return { bashVerdicts, shellcheck: (sources) => shellcheck(sources, wanted === true, terminal) };
}

// ShellCheck needs about 15 ms for a script, all rules of dibkit together one or two.
const FEW_SCRIPTS = 50;
const BATCH = 200;

async function shellcheck(
  sources: readonly SourceText[],
  asked: boolean,
  terminal: Pick<Terminal, "stderr">,
): Promise<ReadonlyMap<SourceText, readonly ShellcheckComment[]>> {
  const found = new Map<SourceText, readonly ShellcheckComment[]>();
  if (sources.length === 0) return found;
  if (!asked && sources.length > FEW_SCRIPTS) {
    terminal.stderr.write(`note: ShellCheck is left out for ${sources.length} scripts; --shellcheck runs it\n`);
    return found;
  }
  const { createCommandRunner } = await import("@dibkit/build");
  const { parseShellcheck, SHELLCHECK_CODES } = await import("@dibkit/lint");
  const runner = createCommandRunner();
  const argv = ["shellcheck", "--norc", "--format=json1", "--shell=bash", `--include=${SHELLCHECK_CODES.join(",")}`];
  const run = async (files: readonly string[], input?: string) => {
    const comments: string[] = [];
    const onOutput = (line: string) => comments.push(line);
    const result = await runner.run([...argv, ...files], { onOutput, ...(input !== undefined && { input }) });
    if (!result.ok && result.error.kind === "not-found") return undefined;
    return parseShellcheck(comments.join("\n")) ?? new Map<string, readonly ShellcheckComment[]>();
  };
  const onDisk = sources.filter(({ path }) => path.startsWith("/") && !path.includes("#"));
  for (let at = 0; at < onDisk.length; at += BATCH) {
    const batch = onDisk.slice(at, at + BATCH);
    const byFile = await run(batch.map(({ path }) => path));
    if (byFile === undefined) {
      if (asked) terminal.stderr.write("note: ShellCheck is not installed; install the package shellcheck\n");
      return found;
    }
    for (const source of batch) found.set(source, byFile.get(source.path) ?? []);
  }
  // Scripts of TypeScript elements exist in memory only.
  for (const source of sources) {
    if (!found.has(source)) found.set(source, (await run(["-"], source.text))?.get("-") ?? []);
  }
  return found;
}

/** Asks `bash -n`, which reads a script and runs nothing. Texts are few: only those the grammar does not understand. */
async function bashVerdicts(sources: readonly SourceText[]): Promise<ReadonlyMap<SourceText, BashVerdict>> {
  const { createCommandRunner } = await import("@dibkit/build");
  const runner = createCommandRunner();
  const verdicts = new Map<SourceText, BashVerdict>();
  for (const source of sources) {
    const result = await runner.run(["bash", "-n"], { input: source.text });
    if (result.ok) verdicts.set(source, { valid: true });
    else if (result.error.kind === "exited") verdicts.set(source, refusal(result.error.tail));
  }
  return verdicts;
}

/** `bash: line 7: syntax error near unexpected token …`. */
function refusal(tail: readonly string[]): BashVerdict {
  for (const line of tail) {
    const match = /line (\d+): (.*)$/.exec(line);
    if (match) return { valid: false, line: Number(match[1]), message: (match[2] as string).replace(/\.$/, "") };
  }
  return { valid: false };
}
