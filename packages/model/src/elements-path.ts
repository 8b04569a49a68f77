/**
 * The directories to search for elements, in order of precedence: `extra` (from the command line or a project), the
 * entries of `ELEMENTS_PATH`, then `last` (upstream's own elements), as `disk-image-create` puts them. Empty entries
 * and repetitions are dropped.
 */
export function elementsPath(
  env: Readonly<Record<string, string | undefined>>,
  extra: readonly string[] = [],
  last: readonly string[] = [],
): readonly string[] {
  const entries = [...extra, ...(env.ELEMENTS_PATH ?? "").split(":"), ...last];
  return [...new Set(entries.filter((entry) => entry !== ""))];
}
