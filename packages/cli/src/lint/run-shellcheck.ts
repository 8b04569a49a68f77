import { availableParallelism } from "node:os";
import type { ShellcheckComment } from "@dibkit/lint";
import type { SourceText } from "@dibkit/model";
import type { Terminal } from "../terminal.js";
import { openShellcheckCache } from "./shellcheck-cache.js";

type Found = Map<SourceText, readonly ShellcheckComment[]>;

// ShellCheck needs about 15 ms for a script, all rules of dibkit together one or two.
const FEW_SCRIPTS = 50;
const LARGEST_BATCH = 200;
// There are damaged scripts that it needs hours and gigabytes for.
const SECONDS_FOR_BATCH = 30;

/**
 * Asks ShellCheck about the scripts it has not seen before. Unless it was asked for, it is left out whole when too many
 * are new, so that a result never depends on how far an earlier run came.
 */
export async function runShellcheck(
  sources: readonly SourceText[],
  asked: boolean,
  { stderr, env }: Pick<Terminal, "stderr" | "env">,
): Promise<Found> {
  const found: Found = new Map();
  if (sources.length === 0) return found;
  const { SHELLCHECK_CODES } = await import("@dibkit/lint");
  const cache = openShellcheckCache(env, SHELLCHECK_CODES);
  if (cache === undefined) {
    stderr.write("note: ShellCheck is not installed, its checks are left out; install the package shellcheck\n");
    return found;
  }
  const fresh: SourceText[] = [];
  for (const source of sources) {
    const known = cache.get(source.text);
    if (known === undefined) fresh.push(source);
    else found.set(source, known);
  }
  if (fresh.length === 0) return found;
  if (!asked && fresh.length > FEW_SCRIPTS) {
    const count = `${fresh.length} ${fresh.length === sources.length ? "" : "new "}scripts`;
    stderr.write(`note: ShellCheck is left out for ${count}; --shellcheck runs it, once for each text\n`);
    return new Map();
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
  const argv = ["shellcheck", "--norc", "--format=json1", "--shell=bash", `--include=${codes.join(",")}`];
  const run = async (files: readonly string[], input?: string) => {
    const lines: string[] = [];
    const onOutput = (line: string) => lines.push(line);
    const signal = AbortSignal.timeout((SECONDS_FOR_BATCH + files.length) * 1000);
    await runner.run([...argv, ...files], { onOutput, signal, ...(input !== undefined && { input }) });
    return parseShellcheck(lines.join("\n"));
  };
  const found: Found = new Map();
  const isOnDisk = ({ path }: SourceText) => path.startsWith("/") && !path.includes("#");
  const onDisk = sources.filter(isOnDisk);
  const size = Math.min(LARGEST_BATCH, Math.ceil(onDisk.length / availableParallelism()));
  const batches = Array.from({ length: size === 0 ? 0 : Math.ceil(onDisk.length / size) }, (_, index) =>
    onDisk.slice(index * size, (index + 1) * size),
  );
  // Scripts of TypeScript elements exist in memory only.
  const inMemory = sources.filter((source) => !isOnDisk(source));
  const jobs = [
    ...batches.map((batch) => async () => {
      const byFile = await run(batch.map(({ path }) => path));
      for (const source of byFile ? batch : []) found.set(source, byFile?.get(source.path) ?? []);
    }),
    ...inMemory.map((source) => async () => {
      const byFile = await run(["-"], source.text);
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
