import type { EnvironmentValues } from "../job/environment-values.js";

/**
 * The time that nothing in the image may be newer than, in seconds since 1970, when the build is to be repeatable:
 * `SOURCE_DATE_EPOCH` of reproducible-builds.org. Undefined when it is not asked for, or is no number.
 */
export function sourceDate(environment: EnvironmentValues): number | undefined {
  const text = environment.SOURCE_DATE_EPOCH ?? "";
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** Variables that scripts get besides it: Perl and Python otherwise order hash tables anew in every run. */
export function repeatableEnvironment(environment: EnvironmentValues): EnvironmentValues {
  if (sourceDate(environment) === undefined) return {};
  const { SOURCE_DATE_EPOCH = "", PERL_HASH_SEED = "0", PERL_PERTURB_KEYS = "0" } = environment;
  return { SOURCE_DATE_EPOCH, PERL_HASH_SEED, PERL_PERTURB_KEYS };
}
