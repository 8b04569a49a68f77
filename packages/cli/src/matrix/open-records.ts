import type { JobRecords } from "@dibkit/fleet";
import type { BuildOptionValues } from "../building/build-options.js";
import { cacheRegistries } from "../building/cache-registries.js";
import type { Project } from "../project/open-project.js";
import { type Terminal, usageFailure } from "../terminal.js";

/** The repository that status is kept in: the one layers are uploaded to, else the first one they are taken from. */
export function recordsRepository(
  terminal: Terminal,
  options: BuildOptionValues,
  project: Pick<Project, "config" | "root">,
): string | undefined {
  const { cacheFrom, cacheTo } = cacheRegistries(options, terminal.env, project);
  return cacheTo ?? cacheFrom[0];
}

/** Undefined after saying on stderr what is wrong with the repository's name. */
export async function openRecords(terminal: Terminal, repository: string): Promise<JobRecords | undefined> {
  const [{ openJobRecords }, { createCommandRunner }] = await Promise.all([
    import("@dibkit/fleet"),
    import("@dibkit/exec"),
  ]);
  const { env, signal } = terminal;
  const opened = openJobRecords(repository, { env, signal, commands: createCommandRunner({ signal }) });
  if (opened.ok) return opened.value;
  usageFailure(terminal, opened.error, "name it as --cache-to does");
  return undefined;
}

/** Tells that a registry is needed for something; gives the exit code. */
export function missingRegistry(terminal: Terminal, what: string): 2 {
  const help = 'name a repository with --cache-to, DIBKIT_CACHE_TO, or "cacheTo" in dibkit.config.ts';
  return usageFailure(terminal, `${what}, and none is named`, help);
}
