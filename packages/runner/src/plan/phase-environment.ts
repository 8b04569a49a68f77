import type { Phase } from "@dibkit/model";
import { TARGET_DIRECTORY } from "../job/build-directories.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";
import type { ImageState } from "../job/layer.js";
import { layerKey } from "../layers/layer-key.js";
import type { HelperFile } from "../layers/script-reach.js";
import { targetEnvironment } from "./base-environment.js";
import { CAPTURE_ENVIRONMENT_SCRIPT } from "./capture-environment-sh.js";

/** Key of a phase's environment: the files, what they start from, and for target phases the image they look at. */
export function environmentKey(
  phase: Phase,
  state: Pick<ImageState, "hash">,
  files: Readonly<Record<string, string>>,
  base: EnvironmentValues,
  helpers: readonly HelperFile[],
  digest: (value: string) => string,
): string {
  const parent = phase.side === "target" ? state.hash : "host";
  const everything = { files: { ...files, helpers: hashOfHelpers(helpers) }, mentions: () => true };
  const input = {
    step: `environment ${phase.name}`,
    side: phase.side,
    parent,
    scriptHash: hashText(CAPTURE_ENVIRONMENT_SCRIPT),
  };
  return layerKey({ ...input, scriptMode: 0, environment: base, reach: everything, architecture: "", digest }).key;
}

const hashes = new WeakMap<readonly HelperFile[], string>();

/** Environment files may source any helper, and doing so again costs little. */
function hashOfHelpers(helpers: readonly HelperFile[]): string {
  const known = hashes.get(helpers);
  if (known !== undefined) return known;
  const hash = hashText(JSON.stringify(helpers.filter(({ aside }) => !aside).map(({ id, hash }) => [id, hash])));
  hashes.set(helpers, hash);
  return hash;
}

/** The builder's environment as a phase starts with it. */
export function startingEnvironment(base: EnvironmentValues, phase: Phase): EnvironmentValues {
  const own = phase.side === "target" ? targetEnvironment(base) : base;
  return phase.hasTargetRoot ? { ...own, TARGET_ROOT: TARGET_DIRECTORY } : own;
}
