import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";
import { isReadByPrograms } from "../job/published-variables.js";
import type { ScriptReach } from "./script-reach.js";

/** Changed whenever the runner itself changes what a step does to the image. */
export const RUNNER_REVISION = "3";

/** The part of a script's reach that a key is made of. */
export type KeyReach = Pick<ScriptReach, "files" | "mentions">;

/** Everything that decides what a step does, by name. The names are what a cache miss is explained with. */
export interface KeyInput {
  /** `install.d/50-nginx`. */
  readonly step: string;
  readonly side: "host" | "target";
  /** Hash of the state of the image before the step. */
  readonly parent: string;
  readonly scriptHash: string;
  readonly scriptMode: number;
  readonly environment: EnvironmentValues;
  readonly reach: KeyReach;
  readonly architecture: string;
  /** Further ingredients by their whole names: files of the host that a host script names, scripts that outputs come from. */
  readonly named?: Readonly<Record<string, string>>;
  /** Further inputs of dibkit's own steps, such as the packages of `-p`. */
  readonly options?: Readonly<Record<string, string>>;
  /** How values of variables are told apart: by a hash, those of secrets by one that needs the store's key. */
  readonly digest?: (value: string) => string;
}

/** Variables that say where things are on this machine; what is in those places is keyed by content instead. */
export const PLACES: ReadonlySet<string> = new Set([
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR", "VIRTUAL_ENV", "DIB_IMAGE_CACHE", "DIB_LOCKFILES"],
  ...["ELEMENTS_PATH", "IMAGE_ELEMENT_YAML", "BASH_FUNC_get_image_element_array%%", "_LIB", "_BASE_ELEMENT_DIR"],
  ...["TMP_BUILD_DIR", "TMP_IMAGE_DIR", "TMP_MOUNT_PATH", "TMP_HOOKS_PATH", "TARGET_ROOT", "TMP_DIR"],
  ...["DIB_BLOCK_DEVICE_PARAMS_YAML", "DIB_DEBUG_TRACE", "PS4", "BASH_FUNC_die%%"],
]);

export interface LayerKey {
  readonly key: string;
  /** Name of each ingredient and a short hash of its value. */
  readonly ingredients: Readonly<Record<string, string>>;
}

/**
 * The key of a step. Each ingredient's reason is in docs/caching.md:
 * runner (what dibkit does around a script), parent (the image it starts from), script and mode (what runs), side
 * (where), files (what it can read), variables (what it is told), arch, options.
 */
export function layerKey(input: KeyInput): LayerKey {
  const { digest = hashText } = input;
  const ingredients: Record<string, string> = {
    "runner revision": RUNNER_REVISION,
    "image before it": input.parent,
    script: input.scriptHash,
    "script mode": (input.scriptMode & 0o111).toString(8),
    side: input.side,
    architecture: input.architecture,
  };
  for (const [name, value] of Object.entries(input.options ?? {})) ingredients[`option ${name}`] = hashText(value);
  Object.assign(ingredients, input.named);
  for (const [id, hash] of Object.entries(input.reach.files)) ingredients[`file ${id}`] = hash;
  for (const [name, value] of Object.entries(input.environment)) {
    const asWritten = /^BASH_FUNC_(.*)%%$/.exec(name)?.[1] ?? name;
    if (PLACES.has(name) || !(isReadByPrograms(name) || input.reach.mentions(asWritten))) continue;
    ingredients[`variable ${name}`] = digest(value);
  }
  const sorted = Object.entries(ingredients).sort(([a], [b]) => (a < b ? -1 : 1));
  return { key: hashText(JSON.stringify([input.step, sorted])), ingredients };
}

/** The key of a step of dibkit's own: no script runs, so its context is all that counts. */
export function ownStepKey(input: Pick<KeyInput, "step" | "parent" | "architecture" | "options" | "named">): LayerKey {
  const reach: KeyReach = { files: {}, mentions: () => true };
  return layerKey({ ...input, side: "host", scriptHash: "", scriptMode: 0, environment: {}, reach });
}

/** Names of the ingredients that differ, the telling ones first; empty when the maps are equal. */
export function changedIngredients(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  const differing = [...names].filter((name) => before[name] !== now[name]).sort();
  // A variable that only the one or only the other script mentions follows from the script's change.
  const follows = (name: string) => name.startsWith("variable ") && !(name in before && name in now);
  const changed = differing.includes("script") ? differing.filter((name) => !follows(name)) : differing;
  // What somebody did comes before what follows from it.
  const rank = (name: string) => (name === "script" ? 0 : name === "image before it" ? 2 : 1);
  return changed.sort((a, b) => rank(a) - rank(b));
}
