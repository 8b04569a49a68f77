import { BUILD_FLAGS, type BuildFlag, type BuildFlagName, flagWords } from "@dibkit/model";
import type { BuildOptionValues } from "./build-options.js";

/**
 * The words that `DIB_ARGS` holds: every flag of `disk-image-create` that was given, then the elements. dibkit's own
 * flags are left out, so that `-v` or another store do not make layers of scripts that read the variable stale.
 */
export function callerWords(elements: readonly string[], options: BuildOptionValues): readonly string[] {
  const given = (Object.keys(BUILD_FLAGS) as BuildFlagName[]).flatMap((name) => {
    const { upstream }: BuildFlag = BUILD_FLAGS[name];
    return upstream === undefined ? [] : flagWords(name, options[name]);
  });
  return [...given, ...elements];
}
