import {
  compareHookScripts,
  declaredInputs,
  type ElementFile,
  HOOK_SCRIPT_NAME,
  isExecutable,
  type Phase,
  type RegularFile,
  regularFileAt,
  viewsOf,
} from "@dibkit/model";
import type { BuildRequest } from "../job/build-request.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";
import type { ImageState } from "../job/layer.js";
import type { LayerStore } from "../layers/layer-store.js";
import type { HelperFile } from "../layers/script-reach.js";
import type { RemoteLook } from "../remote/look-remote.js";
import type { HooksTree } from "./hooks-tree.js";
import type { KeyContext } from "./key-context.js";
import { installTypeFile } from "./own-steps.js";
import { environmentKey, startingEnvironment } from "./phase-environment.js";
import type { PhaseScript } from "./phase-step.js";
import { openEnvironment, type SecretNames, type SecretValues } from "./secrets.js";

export interface PlanningContext {
  readonly request: BuildRequest;
  readonly hooks: HooksTree;
  readonly helpers: readonly HelperFile[];
  readonly base: EnvironmentValues;
  /** Undefined when nothing was ever built with it. */
  readonly store: LayerStore | undefined;
  readonly lineage: string;
  readonly keys: KeyContext;
  readonly secrets: SecretValues;
  readonly secretNames: SecretNames;
  /** Where layers are looked for that the store has not got; undefined: nowhere. */
  readonly remote?: RemoteLook | undefined;
}

/** Scripts of a phase as the elements give them, with those that install-types will link into `install.d`. */
export function plannedScripts({ hooks, request }: PlanningContext, phase: Phase): readonly PhaseScript[] {
  const found = new Map<string, PhaseScript>();
  for (const { path, element, file } of hooks.entries.values()) {
    const [directory, name, ...deeper] = path.split("/");
    if (directory !== phase.name || name === undefined || deeper.length > 0) continue;
    const regular = file.kind === "symlink" ? regularFileAt(element, path) : file;
    if (regular?.kind === "file" && HOOK_SCRIPT_NAME.test(name) && isExecutable(regular)) {
      const inputs = declaredInputs(element, path);
      found.set(name, { ...phaseScript(name, regular, element.name), ...(inputs === undefined ? {} : { inputs }) });
    }
  }
  if (phase.name === "install.d" && hooks.entries.has("extra-data.d/99-enable-install-types")) {
    for (const linked of installTypeScripts(hooks, request)) found.set(linked.name, linked);
  }
  return [...found.values()].sort((a, b) => compareHookScripts(a.name, b.name));
}

function phaseScript(name: string, file: RegularFile, element?: string): PhaseScript {
  const text = file.bytes.subarray(0, 8000).includes(0) ? undefined : Buffer.from(file.bytes).toString("utf8");
  return { name, mode: file.mode, hash: hashText(file.bytes), text, ...(element === undefined ? {} : { element }) };
}

function installTypeScripts(hooks: HooksTree, request: BuildRequest): readonly PhaseScript[] {
  const elements = new Set([...hooks.entries.values()].map(({ element }) => element));
  return [...elements].flatMap((element) =>
    viewsOf(element)
      .installTypes.value.filter(({ prefix, type }) => {
        const chosen = request.environment[`DIB_INSTALLTYPE_${prefix.replaceAll("-", "_")}`];
        return type === (chosen ?? request.installType);
      })
      .flatMap(({ scripts }) => scripts.filter(({ executable }) => executable))
      .map(({ name, file }) => phaseScript(name, file)),
  );
}

/** The files of `environment.d` of a phase, the last of a name. */
export function plannedEnvironmentFiles(
  { hooks, request }: Pick<PlanningContext, "hooks" | "request">,
  phase: Phase,
): readonly { readonly name: string; readonly text: string; readonly hash: string }[] {
  const files = new Map<string, { readonly text: string; readonly hash: string }>();
  for (const { path, element, file } of hooks.entries.values()) {
    const [directory, name, ...deeper] = path.split("/");
    if (directory !== "environment.d" || name === undefined || deeper.length > 0) continue;
    const regular: ElementFile | undefined = file.kind === "symlink" ? regularFileAt(element, path) : file;
    if (regular?.kind !== "file") continue;
    files.set(name, { text: Buffer.from(regular.bytes).toString("utf8"), hash: hashText(regular.bytes) });
  }
  const own = installTypeFile(request);
  if (phase.name !== "root.d") files.set(own.name, { text: own.text, hash: hashText(own.text) });
  return [...files].map(([name, file]) => ({ name, ...file }));
}

/** The environment a phase had the last time it started from the same state. */
export async function recordedEnvironment(
  context: PlanningContext,
  phase: Phase,
  state: ImageState,
): Promise<EnvironmentValues | undefined> {
  const { helpers, base, store, keys, secrets } = context;
  const files = Object.fromEntries(plannedEnvironmentFiles(context, phase).map(({ name, hash }) => [name, hash]));
  const start = startingEnvironment(base, phase);
  const key = environmentKey(phase, state, files, start, helpers, keys.digest);
  const known = await store?.records.environment(key);
  return known && openEnvironment(known, secrets);
}
