import { availableParallelism } from "node:os";
import type { ShellcheckComment } from "@dibkit/lint";
import type { SourceText } from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import { openTextCache } from "./text-cache.js";

type Found = Map<SourceText, readonly ShellcheckComment[]>;

export const NOT_INSTALLED =
  "note: ShellCheck is not installed, its checks are left out; install the package shellcheck\n";
// ShellCheck needs about 15 ms for a script: with more than these the wait is worth a word.
const FEW_SCRIPTS = 50;
const LARGEST_BATCH = 200;
// There are damaged scripts that it needs hours and gigabytes for.
const SECONDS_FOR_BATCH = 30;

/** Asks ShellCheck about the scripts it has not seen before, each text once. */
export async function runShellcheck(
  sources: readonly SourceText[],
  { stderr, env }: Pick<Terminal, "stderr" | "env">,
): Promise<Found> {
  const found: Found = new Map();
  if (sources.length === 0) return found;
  const { SHELLCHECK_CODES } = await import("@dibkit/lint");
  const cache = openTextCache<readonly ShellcheckComment[]>(env, "shellcheck", SHELLCHECK_CODES.join("\n"));
  if (cache === undefined) {
    stderr.write(NOT_INSTALLED);
    return found;
  }
  const fresh: SourceText[] = [];
  for (const source of sources) {
    const known = cache.get(source.text);
    if (known === undefined) fresh.push(source);
    else found.set(source, known);
  }
  if (fresh.length === 0) return found;
  if (fresh.length > FEW_SCRIPTS) {
    stderr.write(`note: ShellCheck looks at ${fresh.length} new scripts, once for each text\n`);
  }
  const answers = await ask(fresh, SHELLCHECK_CODES);
  for (const [source, comments] of answers) {
    found.set(source, comments);
    cache.set(source.text, comments);
  }
  if (answers.size < fresh.length) {
    stderr.write(`note: ShellCheck did not come to an end with ${fresh.length - answers.size} scripts\n`);
  }
  cache.save();
  return found;
}

/** Several files to a process, as many processes as there are processors. */
async function ask(sources: readonly SourceText[], codes: readonly string[]): Promise<Found> {
  const { createCommandRunner } = await import("@dibkit/exec");
  const { parseShellcheck } = await import("@dibkit/lint");
  const runner = createCommandRunner();
  const argv = ["shellcheck", "--norc", "--format=json1", `--include=${codes.join(",")}`];
  const run = async (shell: Dialect, files: readonly string[], input?: string) => {
    const lines: string[] = [];
    const onOutput = (line: string) => lines.push(line);
    const signal = AbortSignal.timeout((SECONDS_FOR_BATCH + files.length) * 1000);
    await runner.run([...argv, `--shell=${shell}`, ...files], {
      onOutput,
      signal,
      ...(input !== undefined && { input }),
    });
    return parseShellcheck(lines.join("\n"));
  };
  const found: Found = new Map();
  const isOnDisk = ({ path }: SourceText) => path.startsWith("/") && !path.includes("#");
  const batches = (["bash", "sh"] as const).flatMap((shell) => {
    const onDisk = sources.filter((source) => isOnDisk(source) && dialectOf(source) === shell);
    const size = Math.min(LARGEST_BATCH, Math.ceil(onDisk.length / availableParallelism()));
    const count = size === 0 ? 0 : Math.ceil(onDisk.length / size);
    return Array.from({ length: count }, (_, index) => ({
      shell,
      batch: onDisk.slice(index * size, (index + 1) * size),
    }));
  });
  // Scripts of TypeScript elements exist in memory only.
  const inMemory = sources.filter((source) => !isOnDisk(source));
  const jobs = [
    ...batches.map(({ shell, batch }) => async () => {
      const byFile = await run(
        shell,
        batch.map(({ path }) => path),
      );
      for (const source of byFile ? batch : []) found.set(source, byFile?.get(source.path) ?? []);
    }),
    ...inMemory.map((source) => async () => {
      const byFile = await run(dialectOf(source), ["-"], source.text);
      if (byFile) found.set(source, byFile.get("-") ?? []);
    }),
  ];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job();
    }),
  );
  return found;
}

type Dialect = "bash" | "sh";

/** The shell of the first line; a script without one is run by bash. */
function dialectOf({ text }: SourceText): Dialect {
  return /^#!\s*(?:\S*\/)?(?:env\s+)?(?:sh|dash)\b/.test(text) ? "sh" : "bash";
}
