import { ENVIRONMENT_FILE_NAME, findPhase, HOOK_SCRIPT_NAME, PHASES, type PhaseName } from "../phases.js";
import type { BashFragment } from "./bash.js";
import { type CallSite, callSiteOf } from "./call-site.js";
import { DefinitionError } from "./definition-error.js";
import type { FileReference } from "./file-content.js";
import type { EnvironmentFileName, InputsFor, KnownPhase, Priority, ScriptName } from "./script-rules.js";
import { HOST_ONLY_VARIABLES } from "./standard-variables.js";

/** What a script holds: bash (which gets the usual header), a file beside the module, or text as it stands. */
export type ScriptBody = BashFragment | FileReference | string;

/** A script in a phase directory or in `environment.d`, with the variables it is known to set. */
export interface ScriptDefinition<Exports extends string = string> {
  readonly dibkit: "script";
  readonly directory: PhaseName | "environment.d";
  /** File name, such as `50-nginx`. */
  readonly name: string;
  readonly body: ScriptBody;
  /** The only variables the script reads, when declared. */
  readonly inputs: readonly string[] | undefined;
  /** Variables an environment file sets for every script of the build. */
  readonly exports: readonly Exports[];
  readonly executable: boolean;
  readonly site: CallSite | undefined;
}

export interface ScriptOptions<Phase extends string, Inputs extends readonly string[]> {
  /** All variables the script reads, such as `["ACME_PORT"]`. Declaring them lets a cached result survive changes of any other variable. */
  readonly inputs?: InputsFor<Phase, Inputs>;
  /** `false` keeps the file from being run; `true` unless stated. */
  readonly executable?: boolean;
}

export interface EnvironmentScriptOptions<Exports extends string> {
  /** Variables the file always sets, so that a `when` may ask for them: `["YUM"]`. */
  readonly exports?: readonly Exports[];
}

/** Any text, without taking the names beside it out of what editors offer. */
type AnyText = string & NonNullable<unknown>;

type PhaseHelper<Phase extends PhaseName> = <
  const N extends number,
  const S extends string,
  const I extends readonly string[] = readonly string[],
>(
  priority: Priority<N>,
  name: ScriptName<S>,
  body: ScriptBody,
  options?: ScriptOptions<Phase, I>,
) => ScriptDefinition<never>;

/** A script of any phase: `script("install.d", 50, "nginx", body)` is `install(50, "nginx", body)`. */
export function script<
  const P extends PhaseName | AnyText,
  const N extends number,
  const S extends string,
  const I extends readonly string[] = readonly string[],
>(
  phase: KnownPhase<P>,
  priority: Priority<N>,
  name: ScriptName<S>,
  body: ScriptBody,
  options?: ScriptOptions<P, I>,
): ScriptDefinition<never> {
  return define(phase, priority, name, body, options, callSiteOf(script));
}

/**
 * A script whose file name has no two-digit priority, such as `install.d/001-first`. run-parts sorts it by the number
 * it begins with, or before all others.
 */
export function namedScript<
  const P extends PhaseName | AnyText,
  const S extends string,
  const I extends readonly string[] = readonly string[],
>(phase: KnownPhase<P>, name: ScriptName<S>, body: ScriptBody, options?: ScriptOptions<P, I>): ScriptDefinition<never> {
  return define(phase, undefined, name, body, options, callSiteOf(namedScript));
}

/** Creates or adapts the initial root filesystem, on the build host. */
export const root: PhaseHelper<"root.d"> = helper("root.d");
/** Copies data from the build host into the hooks directory or the image, on the build host. */
export const extraData: PhaseHelper<"extra-data.d"> = helper("extra-data.d");
/** Prepares the image before packages are installed, inside it. */
export const preInstall: PhaseHelper<"pre-install.d"> = helper("pre-install.d");
/** Installs and configures, inside the image. */
export const install: PhaseHelper<"install.d"> = helper("install.d");
/** Runs inside the image after all packages are installed. */
export const postInstall: PhaseHelper<"post-install.d"> = helper("post-install.d");
/** Works on the finished root tree before the disk is made, on the build host. */
export const postRoot: PhaseHelper<"post-root.d"> = helper("post-root.d");
/** Makes the block device itself (legacy), on the build host. */
export const blockDevice: PhaseHelper<"block-device.d"> = helper("block-device.d");
/** Works on the mounted final disk from outside, on the build host. */
export const preFinalise: PhaseHelper<"pre-finalise.d"> = helper("pre-finalise.d");
/** Runs inside the mounted final disk, for boot loaders and the like. */
export const finalise: PhaseHelper<"finalise.d"> = helper("finalise.d");
/** Removes what only the build needed, on the build host. */
export const cleanup: PhaseHelper<"cleanup.d"> = helper("cleanup.d");

/** A file of `environment.d`, sourced before every phase. Prefer the `environment` field, which writes one. */
export function environmentScript<const N extends number, const S extends string, const E extends string = never>(
  priority: Priority<N>,
  name: EnvironmentFileName<S>,
  body: ScriptBody,
  options: EnvironmentScriptOptions<E> = {},
): ScriptDefinition<E> {
  const site = callSiteOf(environmentScript);
  return environmentFile(prefixed(priority, name, site), body, options, site);
}

/** A file of `environment.d` whose name has no two-digit priority. */
export function namedEnvironmentScript<const S extends string, const E extends string = never>(
  name: EnvironmentFileName<S>,
  body: ScriptBody,
  options: EnvironmentScriptOptions<E> = {},
): ScriptDefinition<E> {
  return environmentFile(String(name), body, options, callSiteOf(namedEnvironmentScript));
}

function helper<P extends PhaseName>(phase: P): PhaseHelper<P> {
  const define_: PhaseHelper<P> = (priority, name, body, options) =>
    define(phase, priority, name, body, options, callSiteOf(define_));
  return define_;
}

function environmentFile<E extends string>(
  name: string,
  body: ScriptBody,
  options: EnvironmentScriptOptions<E>,
  site: CallSite | undefined,
): ScriptDefinition<E> {
  if (!ENVIRONMENT_FILE_NAME.test(name))
    throw new DefinitionError(
      `run-parts silently skips "environment.d/${name}"`,
      site,
      "use letters, digits, -, _ and . only",
    );
  return {
    dibkit: "script",
    directory: "environment.d",
    name,
    body,
    inputs: undefined,
    exports: options.exports ?? [],
    executable: false,
    site,
  };
}

/** The types above refuse all of this; it is checked again for names and numbers that are computed. */
function define(
  phase: string,
  priority: number | string | undefined,
  name: unknown,
  body: ScriptBody,
  options: { readonly inputs?: unknown; readonly executable?: boolean } | undefined,
  site: CallSite | undefined,
): ScriptDefinition<never> {
  const known = findPhase(phase);
  if (!known)
    throw new DefinitionError(`"${phase}" is not a phase`, site, `use ${PHASES.map((each) => each.name).join(", ")}`);
  const file = priority === undefined ? String(name) : prefixed(priority, name, site);
  if (!HOOK_SCRIPT_NAME.test(file))
    throw new DefinitionError(`run-parts silently skips "${phase}/${file}"`, site, "use letters, digits, - and _ only");
  const inputs = options?.inputs as readonly string[] | undefined;
  const outside = known.side === "target" && inputs?.find((input) => HOST_ONLY.has(input));
  if (outside)
    throw new DefinitionError(
      `"${outside}" is a path of the build host, and ${phase} scripts run inside the image`,
      site,
    );
  return {
    dibkit: "script",
    directory: known.name as PhaseName,
    name: file,
    body,
    inputs,
    exports: [],
    executable: options?.executable ?? true,
    site,
  };
}

const HOST_ONLY: ReadonlySet<string> = new Set(HOST_ONLY_VARIABLES);

function prefixed(priority: number | string, name: unknown, site: CallSite | undefined): string {
  const number = Number(priority);
  if (!Number.isInteger(number) || number < 0 || number > 99)
    throw new DefinitionError(`priority ${priority} is outside 0 to 99`, site);
  return `${String(number).padStart(2, "0")}-${name}`;
}
