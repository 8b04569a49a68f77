import { type Element, type RegularFile, textOf } from "../element.js";
import { metadataFile } from "./metadata-file.js";
import { readmeParts } from "./readme-parts.js";
import { type ReadmeVariable, readmeVariables } from "./readme-variables.js";
import type { View } from "./view.js";

/** What `README.rst` says. */
export interface Readme {
  readonly path: string;
  readonly file: RegularFile;
  readonly title: string | undefined;
  /** First paragraph on one line, without reStructuredText markup. */
  readonly summary: string | undefined;
  /** Variables in the order of the file. */
  readonly variables: readonly ReadmeVariable[];
}

/** The `README.rst` of an element, as far as its form is the usual one; undefined when there is none. */
export function parseReadme(element: Element): View<Readme | undefined> {
  const path = "README.rst";
  const file = metadataFile(element, path);
  if (file === undefined) return { value: undefined, diagnostics: [] };
  const source = textOf(element, file);
  const { title, summary } = readmeParts(source);
  const value = { path, file, title, summary: summary?.text, variables: readmeVariables(source) };
  return { value, diagnostics: [] };
}
