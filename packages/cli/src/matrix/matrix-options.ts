import { BUILD_FLAGS } from "@dibkit/model";
import { type BuildOptionValues, NOTHING_GIVEN } from "../building/build-options.js";
import { storeOptions } from "../building/open-store.js";
import type { OptionSpec, OptionsOf } from "../command.js";
import { projectOptions } from "../project/open-project.js";

const { cacheFrom, cacheTo, cacheSign, cacheSecretKey, cacheTrust, cacheSize, secret, passEnv } = BUILD_FLAGS;
const { noTmpfs, offline, minTmpfs, imageCache, network, noRecord, disk } = BUILD_FLAGS;

/**
 * What `dibkit matrix` takes of the flags of a build: those that say where and with what to build. What to build is said
 * by the matrix alone, so that all machines come to the same.
 */
export const matrixOptions = {
  matrix: {
    type: "string",
    value: "NAME",
    summary: "which matrix: its name, or a module that exports it (M.ts, M.ts#NAME); the project's only one by default",
  },
  ...{ cacheFrom, cacheTo, cacheSign, cacheSecretKey, cacheTrust, cacheSize, secret, passEnv },
  ...{ noTmpfs, offline, minTmpfs, imageCache, network, noRecord, disk },
  ...storeOptions,
  noTypecheck: { type: "boolean", summary: "skip the checks of the TypeScript compiler" },
  ...projectOptions,
} as const satisfies Readonly<Record<string, OptionSpec>>;

export type MatrixOptionValues = OptionsOf<typeof matrixOptions>;

/** The flags of a build as if none of the others were given. */
export function buildOptionsOf(options: MatrixOptionValues): BuildOptionValues {
  return { ...NOTHING_GIVEN, ...options };
}
