import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve as resolvePath } from "node:path";
import type { EngineInput } from "@dibkit/fleet";
import type { BuildOptionValues } from "../building/build-options.js";
import { cacheRegistries } from "../building/cache-registries.js";
import type { ExitCode } from "../command.js";
import { type Terminal, usageFailure, writeTail, writeTrouble } from "../terminal.js";
import { missingRegistry, recordsRepository } from "./open-records.js";
import { pastJobs } from "./past-jobs.js";
import { type PlannedMatrix, planMatrix } from "./plan-matrix.js";

export interface RenderRequest {
  readonly engine: string | undefined;
  readonly matrix: string | undefined;
  readonly options: BuildOptionValues;
  readonly output: string | undefined;
  readonly submit: boolean;
}

/** Writes the jobs of a matrix as an engine takes them, and hands them over when asked to. */
export async function renderMatrix(terminal: Terminal, request: RenderRequest): Promise<ExitCode> {
  const { ENGINES, estimateJobs } = await import("@dibkit/fleet");
  const { engine: name, options, submit } = request;
  const legal = Object.keys(ENGINES)
    .map((one) => `"${one}"`)
    .join(", ");
  const engine = name === undefined ? undefined : ENGINES[name];
  if (name === undefined)
    return usageFailure(terminal, '"dibkit matrix render" needs an engine', `name one of ${legal}`);
  if (engine === undefined) return usageFailure(terminal, `unknown engine "${name}", expected one of ${legal}`);
  if (submit && engine.submit === undefined) {
    const help = "leave --submit out, and commit what is written";
    return usageFailure(terminal, `"${name}" has no client that jobs could be submitted with`, help);
  }
  const planning = await planMatrix(terminal, request.matrix, options);
  if (!planning.ok) return planning.exitCode;
  const { planned } = planning;
  const { graph, matrix, project } = planned;
  const repository = recordsRepository(terminal, options, project);
  if (repository === undefined) return missingRegistry(terminal, "jobs of several machines share layers by a registry");
  const estimates = estimateJobs(graph, await pastJobs(terminal, graph, options, repository));
  const words = jobOptions(terminal, request, planned);
  const input: EngineInput = {
    ...{ graph, estimates, settings: matrix.jobs, options: words, directory: terminal.cwd },
    repository: repository.replace(/,.*/, ""),
    inRepository: relative(repositoryOf(terminal.cwd), terminal.cwd) || ".",
  };
  const rendered = engine.render(input);
  if (!rendered.ok) return usageFailure(terminal, rendered.error.message, rendered.error.help);
  const directory = resolvePath(terminal.cwd, request.output ?? join("build", name));
  for (const { path, text, executable = false } of rendered.value) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    if (executable) await chmod(file, 0o755);
    terminal.stdout.write(`${file}\n`);
  }
  if (!submit || engine.submit === undefined) {
    terminal.stderr.write(`${engine.next}\n`);
    return 0;
  }
  return submitJobs(terminal, engine.submit, directory);
}

/** What every job is called with: the flags that say what is built, and with what. */
function jobOptions(
  terminal: Terminal,
  { matrix: word, options }: RenderRequest,
  { matrix, project }: PlannedMatrix,
): readonly string[] {
  const { cacheFrom, cacheTo } = cacheRegistries(options, terminal.env, project);
  return [
    ...["--matrix", word ?? matrix.name],
    ...cacheFrom.flatMap((one) => ["--cache-from", one]),
    // Finished images too: they are what publishing and other machines take.
    ...["--cache-to", withMode(cacheTo ?? cacheFrom[0] ?? "")],
    ...(options.cacheSign ? ["--cache-sign", options.cacheSign] : []),
    ...(options.cacheSecretKey ? ["--cache-secret-key", options.cacheSecretKey] : []),
    ...options.cacheTrust.flatMap((one) => ["--cache-trust", one]),
    ...options.secret.flatMap((one) => ["--secret", one]),
    ...options.passEnv.flatMap((one) => ["--pass-env", one]),
    ...options.elementsPath.flatMap((one) => ["--elements-path", one]),
    ...(options.project === undefined ? [] : ["--project", options.project]),
    ...(options.noTypecheck ? ["--no-typecheck"] : []),
    ...(options.offline ? ["--offline"] : []),
    ...(options.noTmpfs ? ["--no-tmpfs"] : []),
    ...(options.network === undefined ? [] : ["--network", options.network]),
    ...(options.noRecord ? ["--no-record"] : []),
    ...(options.disk === undefined ? [] : ["--disk", options.disk]),
  ];
}

function withMode(repository: string): string {
  return /,mode=/.test(repository) ? repository : `${repository},mode=max`;
}

/** The nearest directory upwards that is the root of a git repository; the directory itself when there is none. */
function repositoryOf(directory: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) return directory;
  }
}

async function submitJobs(terminal: Terminal, words: readonly string[], directory: string): Promise<ExitCode> {
  const { createCommandRunner, describeFailure } = await import("@dibkit/exec");
  const commands = createCommandRunner({ cwd: directory, signal: terminal.signal });
  const onOutput = (line: string, stream: "stdout" | "stderr") => {
    terminal[stream].write(`${line}\n`);
  };
  const submitted = await commands.run(words, { onOutput });
  if (submitted.ok) return 0;
  if (submitted.error.kind === "aborted") return 130;
  writeTail(terminal, submitted.error.tail);
  const help = "see what the engine says above; the files stay";
  writeTrouble(terminal, `the jobs were not all submitted: ${describeFailure(submitted.error)}`, help);
  return 2;
}
