import { readFileSync } from "node:fs";

export interface ProblemPattern {
  readonly kind?: "file";
  readonly regexp: string;
  readonly severity?: number;
  readonly message?: number;
  readonly code?: number;
  readonly file?: number;
  readonly line?: number;
  readonly column?: number;
}

/** What tests read of the extension's manifest. */
interface Manifest {
  readonly contributes: {
    readonly languages: readonly {
      readonly id: string;
      readonly filenames?: readonly string[];
      readonly filenamePatterns?: readonly string[];
    }[];
    readonly grammars: readonly { readonly language: string; readonly scopeName: string; readonly path: string }[];
    readonly jsonValidation: readonly { readonly fileMatch: string; readonly url: string }[];
    readonly yamlValidation: readonly { readonly fileMatch: string; readonly url: string }[];
    readonly taskDefinitions: readonly {
      readonly properties: { readonly command: { readonly enum: readonly string[] } };
    }[];
    readonly problemPatterns: readonly { readonly name: string; readonly patterns: readonly ProblemPattern[] }[];
    readonly problemMatchers: readonly { readonly name: string; readonly pattern: string }[];
  };
}

export const { contributes } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as Manifest;
