import type { Diagnostic } from "@dibkit/model";

/** The project cannot be opened: findings in its TypeScript, or a word on the command line that names nothing. */
export type ProjectFailure =
  | { readonly kind: "findings"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "usage"; readonly message: string; readonly help: string };
