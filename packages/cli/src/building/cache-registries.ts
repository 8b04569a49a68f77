import type { ProjectConfig } from "@dibkit/model";
import type { BuildOptionValues } from "./build-options.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** The registries of a build: those of the flags, else of the environment, else of the project. */
export function cacheRegistries(
  options: Pick<BuildOptionValues, "cacheFrom" | "cacheTo">,
  env: Environment,
  config: Pick<ProjectConfig, "cacheFrom" | "cacheTo">,
): { readonly cacheFrom: readonly string[]; readonly cacheTo: string | undefined } {
  const named = env.DIBKIT_CACHE_FROM?.split(/\s+/).filter((word) => word !== "") ?? [];
  const first = [options.cacheFrom, named, config.cacheFrom ?? []].find((words) => words.length > 0);
  return { cacheFrom: first ?? [], cacheTo: options.cacheTo || env.DIBKIT_CACHE_TO || config.cacheTo };
}
