import { type Element, type RegularFile, textOf } from "../element.js";
import { metadataFile } from "./metadata-file.js";
import { type ReadmeVariable, readmeVariables } from "./readme-variables.js";
import { plainText } from "./rst-text.js";
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

const ADORNMENT = /^([=\-`:.'"~^_*+#])\1+\s*$/;

/** The `README.rst` of an element, as far as its form is the usual one; undefined when there is none. */
export function parseReadme(element: Element): View<Readme | undefined> {
  const path = "README.rst";
  const file = metadataFile(element, path);
  if (file === undefined) return { value: undefined, diagnostics: [] };
  const source = textOf(element, file);
  const lines = source.text.split(/\r?\n/);
  const { title, next } = titleOf(lines);
  const value = { path, file, title, summary: firstParagraph(lines, next), variables: readmeVariables(source) };
  return { value, diagnostics: [] };
}

/** The first line with an underline; an overline and blank lines before it are passed over. */
function titleOf(lines: readonly string[]): { readonly title: string | undefined; readonly next: number } {
  let at = 0;
  while (at < lines.length && (lines[at]?.trim() === "" || ADORNMENT.test(lines[at] ?? ""))) at += 1;
  if (!ADORNMENT.test(lines[at + 1] ?? "")) return { title: undefined, next: at };
  return { title: lines[at]?.trim(), next: at + 2 };
}

/** The first block of text that is no heading, directive or comment. */
function firstParagraph(lines: readonly string[], from: number): string | undefined {
  const blocks = lines
    .slice(from)
    .join("\n")
    .split(/\n\s*\n/);
  const isText = (block: string) => {
    const first = block.split("\n").find((line) => line.trim() !== "") ?? "";
    return (
      first !== "" &&
      !/^\s*\.\.(\s|$)/.test(first) &&
      !/^\s/.test(first) &&
      !block.split("\n").some((line) => ADORNMENT.test(line))
    );
  };
  const found = blocks.find(isText);
  return found === undefined ? undefined : plainText(found);
}
