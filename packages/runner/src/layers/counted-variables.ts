import type { EnvironmentValues } from "../job/environment-values.js";

/**
 * The variables that count for a step. Those that authors declare for scripts of other phases only (`elsewhere`) do
 * not: it is the author's word for keys, as the inputs of a script are. A text that names such a variable all the same
 * is believed more.
 */
export function countedVariables(
  environment: EnvironmentValues,
  elsewhere: readonly string[] | undefined,
  texts: readonly string[],
): EnvironmentValues {
  if (elsewhere === undefined || elsewhere.length === 0) return environment;
  const names = new Set(texts.flatMap((text) => text.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []));
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !elsewhere.includes(name) || names.has(name)),
  );
}
