import { optionFlag } from "../command.js";
import { type BuildOptionValues, buildOptions } from "./build-options.js";

/** Flags that upstream does not know: they say how dibkit works, not what is built. */
const OWN = new Set(["noTypecheck", "refresh", "maxAge", "cacheDir", "secret", "elementsPath", "project"]);

/**
 * The words that `DIB_ARGS` holds: every flag of `disk-image-create` that was given, then the elements. dibkit's own
 * flags are left out, so that `-v` or another store do not make layers of scripts that read the variable stale.
 */
export function callerWords(elements: readonly string[], options: BuildOptionValues): readonly string[] {
  const given = Object.entries(buildOptions).flatMap(([key, spec]) => {
    const value = options[key as keyof BuildOptionValues];
    if (OWN.has(key)) return [];
    const flag = "short" in spec ? `-${spec.short}` : optionFlag(key);
    if (typeof value === "number") return Array.from({ length: value }, () => flag);
    if (typeof value === "boolean") return value ? [flag] : [];
    if (typeof value === "string") return [flag, value];
    return (value ?? []).flatMap((one) => [flag, one]);
  });
  return [...given, ...elements];
}
