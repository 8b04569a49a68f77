import type { OriginSpan, RegularFile } from "../../element.js";
import { positionAt, type SourceText } from "../../source-text.js";
import { type DataNode, type PlainData, plainData } from "../../views/data-node.js";
import { parseJsonText } from "../../views/parse-json.js";
import { type ParsedData, parseYamlText } from "../../views/parse-yaml.js";
import type { CallSite } from "../call-site.js";
import { DefinitionError } from "../definition-error.js";
import { isElementName } from "../element-reference.js";
import { mergeData } from "./merge-data.js";
import { mergeEnvironment, type VariableText } from "./merge-environment.js";
import { mergeNames } from "./merge-names.js";
import { type LayoutRefusal, mergeReadme } from "./merge-readme.js";
import { mergeRepositories } from "./merge-repositories.js";
import { sameData, samePackages } from "./same-data.js";

/** What fields write into one file, and how it is to be laid out. */
interface LaidOut {
  readonly generated: SourceText;
  readonly layout: SourceText;
  /** For a file of `environment.d`. */
  readonly variables: readonly VariableText[];
}

type Merge = (file: LaidOut) => string | LayoutRefusal;

/** Files that fields write, and how each keeps its layout. */
const MERGES: readonly (readonly [path: RegExp, merge: Merge])[] = [
  [/^element-deps$/, names((name) => isElementName(name))],
  [/^element-provides$/, names((name) => !name.startsWith("#"))],
  [/^README\.rst$/, ({ layout, generated }) => mergeReadme(layout, generated)],
  [/^environment\.d\/[^/]+$/, ({ layout, variables }) => mergeEnvironment(layout.text, variables)],
  [/^package-installs\.yaml$/, data(parseYamlText, samePackages)],
  [/^(svc-map|block-device-[^/]+\.yaml)$/, data(parseYamlText, sameData)],
  [/^pkg-map$/, data(parseJsonText, sameData)],
  [/^source-repository-[^/]+$/, ({ layout, generated }) => mergeRepositories(layout.text, generated.text)],
];

/** Whether a file can have a layout beside the fields that write it. */
export function hasLayout(path: string): boolean {
  return MERGES.some(([pattern]) => pattern.test(path));
}

/**
 * A generated file as its layout has it: comments, order and blank lines stay, and only what the fields say otherwise is
 * written anew. Where nothing is, the bytes are those of the layout.
 *
 * @throws DefinitionError at the line of the layout that cannot take what a field says.
 */
export function layOut(
  file: RegularFile,
  layout: RegularFile,
  variables: readonly VariableText[],
  site: CallSite | undefined,
): RegularFile {
  const { path } = file;
  const source = { path: layout.origin.kind === "disk" ? layout.origin.path : path, text: decode(layout) };
  const generated = { path, text: decode(file) };
  const merge = MERGES.find(([pattern]) => pattern.test(path))?.[1] as Merge;
  const merged = merge({ generated, layout: source, variables });
  if (typeof merged !== "string") throw refusal(source, merged, layout.origin.kind === "disk" ? undefined : site);
  const isKept = merged === source.text;
  // A finding in the prose of a README is about the file; elsewhere what the field says is what counts.
  if (isKept && path === "README.rst")
    return { ...file, mode: layout.mode, bytes: layout.bytes, origin: layout.origin };
  if (!isKept && source.text.includes("\ufffd"))
    throw refusal(source, { at: source.text.indexOf("\ufffd"), message: "a byte here is no UTF-8" }, site);
  const spans = () => (file.origin.kind === "disk" ? [] : inMerged(file.origin.spans(), generated.text, merged));
  const bytes = isKept ? layout.bytes : new TextEncoder().encode(merged);
  return { ...file, mode: layout.mode, bytes, origin: { kind: "typescript", spans } };
}

function names(canBeWanted: (name: string) => boolean): Merge {
  return ({ layout, generated }) => mergeNames(layout.text, generated.text, canBeWanted);
}

/** Data merged and read again: what comes out has to say what the fields say, whatever the layout does. */
function data(parse: (source: SourceText) => ParsedData, isSame: (a: PlainData, b: PlainData) => boolean): Merge {
  const dataOf = ({ root }: ParsedData) => (root === undefined ? null : plainData(root));
  return ({ layout, generated }) => {
    const known = parse(layout);
    const [trouble] = known.diagnostics;
    if (trouble !== undefined) return { at: trouble.location?.start ?? 0, message: trouble.message };
    const wanted = dataOf(parse(generated));
    if (isSame(dataOf(known), wanted)) return layout.text;
    if (known.root === undefined) return layout.text + generated.text;
    const merged = mergeData(layout.text, known.root, wanted, isSame);
    const again = merged === undefined ? undefined : parse({ path: layout.path, text: merged });
    if (merged !== undefined && again?.diagnostics.length === 0 && isSame(dataOf(again), wanted)) return merged;
    return { at: firstDifference(known.root, wanted, isSame), message: "what is written here cannot be changed alone" };
  };
}

function refusal(source: SourceText, { at, message }: LayoutRefusal, site: CallSite | undefined): DefinitionError {
  return new DefinitionError(
    `the layout of a generated file cannot be kept: ${message}`,
    site ?? { path: source.path, ...positionAt(source, at) },
    "make the change in this file too, or remove the file, and what the fields say is written without it",
  );
}

/** Ranges of the fields in a merged text: each begins where the word it wrote begins a line. */
function inMerged(spans: readonly OriginSpan[], generated: string, merged: string): readonly OriginSpan[] {
  const found = spans.flatMap((span) => {
    const word = /^(?:export )?[^\s:=]+/.exec(generated.slice(span.start))?.[0] ?? "";
    const start = lineStartingWith(merged, word);
    return start === undefined ? [] : [{ ...span, start }];
  });
  found.sort((a, b) => a.start - b.start);
  const starts = found.length === 0 ? spans.slice(0, 1).map((span) => ({ ...span, start: 0 })) : found;
  return starts.map((span, index) => ({ ...span, end: starts[index + 1]?.start ?? merged.length }));
}

function lineStartingWith(text: string, word: string): number | undefined {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const start = text.lastIndexOf("\n", at) + 1;
    const isWhole = !/^[\w.-]/.test(text.slice(at + word.length, at + word.length + 1));
    if (isWhole && /^["'\s]*$/.test(text.slice(start, at))) return start;
  }
  return undefined;
}

function decode(file: RegularFile): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(file.bytes);
}

/** Where the first value is that is to be another one. */
function firstDifference(node: DataNode, wanted: PlainData, isSame: (a: PlainData, b: PlainData) => boolean): number {
  if (node.kind !== "mapping" || wanted === null || typeof wanted !== "object") return node.location.start;
  const values = wanted as { readonly [key: string]: PlainData };
  const entry = node.entries.find(
    ({ key, node: value }) => !(key in values && isSame(plainData(value), values[key] as PlainData)),
  );
  if (entry === undefined) return node.location.start;
  return entry.key in values
    ? firstDifference(entry.node, values[entry.key] as PlainData, isSame)
    : entry.keyLocation.start;
}
