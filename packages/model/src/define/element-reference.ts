import type { PhaseName } from "../phases.js";
import { type VariableReference, variable } from "./bash.js";
import { type CallSite, callSiteOf } from "./call-site.js";
import { DefinitionError } from "./definition-error.js";
import type { ComputedVariable, VariableDeclaration } from "./environment.js";

/** Any element one can depend on: one defined in TypeScript, or one that exists on the ELEMENTS_PATH. */
export interface AnyElementReference {
  readonly dibkit: "element";
  readonly name: string;
  readonly environment: object;
}

/** A reference to an element, with the environment variables that are set wherever it is part of an image. */
export interface ElementReference<Name extends string = string, Variables extends string = string>
  extends AnyElementReference {
  readonly name: Name;
  /** The variables by name, to interpolate into `bash`. */
  readonly environment: { readonly [V in Variables]: VariableReference };
}

/** Names of the variables an element sets. */
export type VariablesOf<E> = E extends { readonly environment: infer V } ? keyof V & string : never;

/** What is known of an element that exists on the ELEMENTS_PATH. */
export interface ElementFacts<Variables extends string = string, Inherited extends string = string> {
  /** One line: what an image gains by it. */
  readonly summary?: string;
  /** Virtual or replaced elements it provides, such as `operating-system`. */
  readonly provides?: readonly string[];
  /** Variables it sets for every script of the build. */
  readonly environment?: { readonly [V in Variables]: VariableDeclaration | ComputedVariable };
  /** Names of variables that the elements it depends on set. */
  readonly inherits?: readonly Inherited[];
  /** Variables its scripts read that are unset unless the user sets them. */
  readonly reads?: { readonly [name: string]: VariableDeclaration };
  /** Phases it has scripts in. */
  readonly phases?: readonly PhaseName[];
}

export interface ExternalElement<Name extends string = string, Variables extends string = string>
  extends ElementReference<Name, Variables> {
  readonly facts: ElementFacts;
}

/**
 * An element that exists as a directory on the ELEMENTS_PATH, such as upstream's `debian-minimal`. `facts` tell the
 * compiler what it sets; `dibkit bindings` writes them for all elements of a path.
 */
export function elementRef<
  const Name extends string,
  const Variables extends string = never,
  const Inherited extends string = never,
>(name: Name, facts: ElementFacts<Variables, Inherited> = {}): ExternalElement<Name, `${Variables | Inherited}`> {
  checkElementName(name, callSiteOf(elementRef));
  const names = [...Object.keys(facts.environment ?? {}), ...(facts.inherits ?? [])];
  const reference: unknown = { dibkit: "element", name, environment: variablesByName(names), facts };
  return reference as ExternalElement<Name, `${Variables | Inherited}`>;
}

/** An object of variable references, one for each name. */
export function variablesByName(names: readonly string[]): { readonly [name: string]: VariableReference } {
  return Object.fromEntries(names.map((name) => [name, variable(name)]));
}

/** Whether a directory can have the name, and element-deps hold it. */
export function isElementName(name: string): boolean {
  return /^[^\s/#:][^\s/:]*$/.test(name) && name !== "." && name !== "..";
}

/** Throws when no directory can have the name, or element-deps could not hold it. */
export function checkElementName(name: string, site: CallSite | undefined): void {
  if (isElementName(name)) return;
  throw new DefinitionError(
    `"${name}" cannot be the name of an element`,
    site,
    'use a directory name without white space, "/" and ":"',
  );
}
