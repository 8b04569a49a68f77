import type { Span } from "@dibkit/shell";
import { exportsOf } from "./catalog-facts.js";
import type { ElementContext } from "./element-context.js";
import type { ScriptFile } from "./script-file.js";

/** Variables of the build whose paths and devices are the image's, or the build directory's that it lies in. */
const OF_IMAGE =
  /^(TARGET_ROOT|TMP_(MOUNT_PATH|BUILD_DIR|HOOKS_PATH|IMAGE_PATH|IMAGE_DIR)|IMAGE_BLOCK_DEVICE\w*|DIB_BLOCK_DEVICE\w*|IMAGE_NAME|DIB_IMAGE_CACHE|DIB_LOCKFILES)$/;

const variablesByScript = new WeakMap<ScriptFile, Map<string, readonly string[]>>();

/** What each variable of a script is assigned, as it is written there. */
function valuesIn(script: ScriptFile): ReadonlyMap<string, readonly string[]> {
  const known = variablesByScript.get(script);
  if (known) return known;
  const values = new Map<string, string[]>();
  for (const { name, start, end } of script.shell.assignments) {
    const written = script.source.text.slice(start, end);
    values.set(name, [...(values.get(name) ?? []), written.slice(written.indexOf(name) + name.length)]);
  }
  variablesByScript.set(script, values);
  return values;
}

export interface ReachedVariables {
  /** Whether one of them is a path or device of the image. */
  readonly image: boolean;
  /** Whether one of them has a value that nothing here tells. */
  readonly unknown: boolean;
}

/** The variables that a part of a script is made of, its own assignments and those of `environment.d` followed. */
export function variablesBehind(context: ElementContext, script: ScriptFile, { start, end }: Span): ReachedVariables {
  const values = valuesIn(script);
  const exported = new Map(exportsOf(context.element).map(([name, { location }]) => [name, location]));
  const seen = new Set<string>();
  const pending = namesIn(script.source.text.slice(start, end));
  let unknown = false;
  for (const name of pending) {
    if (seen.has(name)) continue;
    seen.add(name);
    if (OF_IMAGE.test(name)) return { image: true, unknown };
    const location = exported.get(name);
    const written = values.get(name) ?? (location && [location.source.text.slice(location.start, location.end)]);
    if (written === undefined) unknown = true;
    else for (const text of written) pending.push(...namesIn(text));
  }
  return { image: false, unknown };
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/\$\{?[#!]?([A-Za-z_]\w*|[0-9@*])/g)].map(([, name]) => name as string);
}
