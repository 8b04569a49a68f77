import { availableParallelism } from "node:os";
import type { ShellcheckComment } from "@dibkit/lint";
import type { SourceText } from "@dibkit/model";
import { count } from "../count.js";
import type { Terminal } from "../terminal.js";
import { openTextCache } from "./text-cache.js";

type Found = Map<SourceText, readonly ShellcheckComment[]>;

export const NOT_INSTALLED =
  "note: ShellCheck is not installed, its checks are left out; install the package shellcheck\n";
// ShellCheck needs about 15 ms for a script: with more than these the wait is worth a word.
const FEW_SCRIPTS = 50;
const LARGEST_BATCH = 200;
const SECONDS_FOR_BATCH = 30;
// There are scripts that it needs hours and gigabytes for: thousands of commands in one chain, or damaged ones.
const SECONDS_FOR_ONE = 10;
/** Kilobytes of address space; for two hundred scripts it takes a tenth. What does not know the limit goes without. */
const WITHIN = ["/bin/sh", "-c", 'ulimit -v 600000 2>/dev/null; exec "$@"', "sh"];
// With so many of them nobody waits for the rest.
const MOST_UNFINISHED = 4;

/** Asks ShellCheck about the scripts it has not seen before, each text once. */
export async function runShellcheck(
  sources: readonly SourceText[],
  { stderr, env }: Pick<Terminal, "stderr" | "env">,
): Promise<Found> {
  const found: Found = new Map();
  if (sources.length === 0) return found;
  const { SHELLCHECK_CODES } = await import("@dibkit/lint");
  const cache = openTextCache<readonly ShellcheckComment[] | null>(env, "shellcheck", SHELLCHECK_CODES.join("\n"));
  if (cache === undefined) {
    stderr.write(NOT_INSTALLED);
    return found;
  }
  const fresh: SourceText[] = [];
  for (const source of sources) {
    const known = cache.get(source.text);
    if (known === undefined) fresh.push(source);
    else if (known !== null) found.set(source, known);
  }
  if (fresh.length > FEW_SCRIPTS) {
    stderr.write(`note: ShellCheck looks at ${fresh.length} new scripts, once for each text\n`);
  }
  for (const [source, comments] of fresh.length === 0 ? [] : await ask(fresh, SHELLCHECK_CODES)) {
    if (comments !== null) found.set(source, comments);
    cache.set(source.text, comments);
  }
  if (found.size < sources.length) {
    stderr.write(`note: ShellCheck did not come to an end with ${count(sources.length - found.size, "script")}\n`);
  }
  cache.save();
  return found;
}

/** Null for a script that it has no answer for, which it is not asked again. */
type Answers = ReadonlyMap<SourceText, readonly ShellcheckComment[] | null>;

/** Several files to a process, as many processes as there are processors. */
async function ask(sources: readonly SourceText[], codes: readonly string[]): Promise<Answers> {
  const { createCommandRunner } = await import("@dibkit/exec");
  const { parse } = await import("@dibkit/shell");
  const { parseShellcheck } = await import("@dibkit/lint");
  const runner = createCommandRunner();
  const argv = [...WITHIN, "shellcheck", "--norc", "--format=json1", `--include=${codes.join(",")}`];
  const run = async (shell: Dialect, files: readonly string[], seconds: number, input?: string) => {
    const lines: string[] = [];
    const onOutput = (line: string) => lines.push(line);
    const signal = AbortSignal.timeout(seconds * 1000);
    await runner.run([...argv, `--shell=${shell}`, ...files], {
      onOutput,
      signal,
      ...(input !== undefined && { input }),
    });
    return parseShellcheck(lines.join("\n"));
  };
  const found = new Map<SourceText, readonly ShellcheckComment[] | null>();
  let unfinished = 0;
  const byItself = (source: SourceText) => async () => {
    if (unfinished >= MOST_UNFINISHED) return;
    const byFile = await run(dialectOf(source), ["-"], SECONDS_FOR_ONE, source.text);
    found.set(source, byFile === undefined ? null : (byFile.get("-") ?? []));
    if (byFile === undefined) unfinished += 1;
  };
  // Scripts of TypeScript elements exist in memory only; what is damaged keeps the others from an answer.
  const isAlone = (source: SourceText) => !isOnDisk(source) || parse(source).problems.length > 0;
  const jobs = [
    ...batchesOf(sources.filter((source) => !isAlone(source))).map(({ shell, batch }) => async () => {
      const paths = batch.map(({ path }) => path);
      const byFile = await run(shell, paths, SECONDS_FOR_BATCH + batch.length);
      if (byFile) for (const source of batch) found.set(source, byFile.get(source.path) ?? []);
      else jobs.push(...batch.map(byItself));
    }),
    ...sources.filter(isAlone).map(byItself),
  ];
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job();
    }),
  );
  return found;
}

type Dialect = "bash" | "sh";

function isOnDisk({ path }: SourceText): boolean {
  return path.startsWith("/") && !path.includes("#");
}

/** Files of one dialect each, as many batches as there are processors unless they get too large. */
function batchesOf(
  sources: readonly SourceText[],
): readonly { readonly shell: Dialect; readonly batch: readonly SourceText[] }[] {
  return (["bash", "sh"] as const).flatMap((shell) => {
    const files = sources.filter((source) => dialectOf(source) === shell);
    const size = Math.min(LARGEST_BATCH, Math.ceil(files.length / availableParallelism()));
    const count = size === 0 ? 0 : Math.ceil(files.length / size);
    return Array.from({ length: count }, (_, index) => ({
      shell,
      batch: files.slice(index * size, (index + 1) * size),
    }));
  });
}

/** The shell of the first line; a script without one is run by bash. */
function dialectOf({ text }: SourceText): Dialect {
  return /^#!\s*(?:\S*\/)?(?:env\s+)?(?:sh|dash)\b/.test(text) ? "sh" : "bash";
}
