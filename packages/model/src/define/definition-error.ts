import type { CallSite } from "./call-site.js";

/**
 * A definition that cannot be an element, found while the author's module runs (types catch most of them earlier).
 * Whoever loads the module turns it into a Diagnostic at `site`.
 */
export class DefinitionError extends Error {
  override readonly name = "DefinitionError";
  readonly site: CallSite | undefined;
  readonly help: string | undefined;

  constructor(message: string, site: CallSite | undefined, help?: string) {
    super(message);
    this.site = site;
    this.help = help;
  }
}

/** Whether a value is a DefinitionError, of this copy of the package or of another. */
export function isDefinitionError(value: unknown): value is DefinitionError {
  return value instanceof Error && value.name === "DefinitionError" && "site" in value;
}
