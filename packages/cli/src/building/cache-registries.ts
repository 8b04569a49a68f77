import { resolve } from "node:path";
import type { ProjectConfig } from "@dibkit/model";
import type { BuildOptionValues } from "./build-options.js";

type Environment = Readonly<Record<string, string | undefined>>;

type RegistryField = "cacheFrom" | "cacheTo" | "cacheSign" | "cacheSecretKey" | "cacheTrust";

/** The registries of a build and the keys for them. */
export interface CacheRegistries {
  readonly cacheFrom: readonly string[];
  readonly cacheTo: string | undefined;
  /** Key files, absolute where the project names them. */
  readonly cacheSign: string | undefined;
  readonly cacheSecretKey: string | undefined;
  readonly cacheTrust: readonly string[];
}

/** What the flags say of registries, else the environment, else the project, whose directory is `root`. */
export function cacheRegistries(
  options: Pick<BuildOptionValues, RegistryField>,
  env: Environment,
  { config, root }: { readonly config: Pick<ProjectConfig, RegistryField>; readonly root: string },
): CacheRegistries {
  const inProject = (file: string) => resolve(root, file);
  return {
    cacheFrom: firstNamed(options.cacheFrom, env.DIBKIT_CACHE_FROM, config.cacheFrom),
    cacheTo: options.cacheTo || env.DIBKIT_CACHE_TO || config.cacheTo,
    cacheSign: options.cacheSign || env.DIBKIT_CACHE_SIGN || (config.cacheSign && inProject(config.cacheSign)),
    cacheSecretKey:
      options.cacheSecretKey ||
      env.DIBKIT_CACHE_SECRET_KEY ||
      (config.cacheSecretKey && inProject(config.cacheSecretKey)),
    cacheTrust: firstNamed(options.cacheTrust, env.DIBKIT_CACHE_TRUST, config.cacheTrust?.map(inProject)),
  };
}

function firstNamed(
  flags: readonly string[],
  variable: string | undefined,
  project: readonly string[] = [],
): readonly string[] {
  const named = variable?.split(/\s+/).filter((word) => word !== "") ?? [];
  return [flags, named, project].find((words) => words.length > 0) ?? [];
}
