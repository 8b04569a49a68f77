import type { VariableReference } from "./bash.js";
import { type CallSite, callSiteOf } from "./call-site.js";
import { DefinitionError } from "./definition-error.js";
import {
  type AnyElementReference,
  checkElementName,
  type ElementReference,
  variablesByName,
} from "./element-reference.js";
import type { ElementSpec } from "./element-spec.js";
import type { SpecDocumentation } from "./spec-documentation.js";
import type { CheckedElement, SpecInput, VariablesInView } from "./spec-rules.js";

/** An element defined in TypeScript: a plain value, compiled to files by `elementOf`. */
export interface ElementDefinition<Name extends string = string, Variables extends string = string>
  extends ElementReference<Name, Variables> {
  readonly spec: ElementSpec;
  /** Where `defineElement` was called; its path is the element's root. */
  readonly site: CallSite | undefined;
}

/**
 * Defines an element. The result is a value: export it, put it into `deps` of another one, return it from a function.
 *
 * @throws DefinitionError for what only shows when the module runs, such as a computed name with a space in it.
 */
export function defineElement<const Name extends string, S extends SpecInput>(
  name: Name,
  spec: CheckedElement<S> & SpecDocumentation<NoInfer<S>>,
  // The template literal makes declaration files name the variables instead of repeating the whole specification.
): ElementDefinition<Name, `${VariablesInView<S>}`> {
  const site = callSiteOf(defineElement);
  checkElementName(name, site);
  const checked = spec as unknown as ElementSpec;
  return {
    dibkit: "element",
    name,
    environment: environmentOf(checked, site),
    spec: checked,
    site,
  } as ElementDefinition<Name, `${VariablesInView<S>}`>;
}

/** Whether a value is an element defined in TypeScript, by this copy of the package or by another. */
export function isElementDefinition(value: unknown): value is ElementDefinition {
  return isReference(value) && "spec" in value;
}

function isReference(value: unknown): value is AnyElementReference {
  return typeof value === "object" && value !== null && "dibkit" in value && value.dibkit === "element";
}

function environmentOf(spec: ElementSpec, site: CallSite | undefined): { readonly [name: string]: VariableReference } {
  const inherited = (spec.deps ?? []).flatMap((dep: unknown) => {
    if (isReference(dep)) return Object.keys(dep.environment);
    const shown = typeof dep === "string" ? `"${dep}"` : String(dep);
    throw new DefinitionError(
      `the dependency ${shown} is not an element`,
      site,
      "use a definition, a binding, or elementRef(name)",
    );
  });
  const unspeakable = Object.keys(spec.environment ?? {}).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
  if (unspeakable !== undefined)
    throw new DefinitionError(
      `"${unspeakable}" cannot be the name of a variable`,
      site,
      "use letters, digits and _, and begin with no digit",
    );
  const exported = (spec.scripts ?? []).flatMap((script) => script.exports);
  const names = new Set([...inherited, ...Object.keys(spec.environment ?? {}), ...exported]);
  return variablesByName([...names].sort());
}
