import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
} from "yaml";
import type { Diagnostic, Location } from "../diagnostic.js";
import { type Element, type RegularFile, textOf } from "../element.js";
import type { SourceText } from "../source-text.js";
import type { DataEntry, DataNode, DataScalar } from "./data-node.js";
import { DEPTH_LIMIT, mayNestTooDeep } from "./nesting.js";
import { yamlScalar } from "./yaml-scalar.js";
import { yamlWords } from "./yaml-words.js";

/** A parsed file: undefined when it is empty, not read, or so broken that nothing can be said. */
export interface ParsedData {
  readonly root: DataNode | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Characters; the largest file upstream has is a thousandth of this. */
export const DATA_FILE_LIMIT = 1 << 20;
/** Syntax errors that are told of one file: what is no YAML or JSON at all has one in every character. */
export const PROBLEM_LIMIT = 100;
/** Nodes after aliases are followed: a file of one line can ask for billions. */
const NODE_LIMIT = 20_000;

class Refusal extends Error {
  readonly code: string;
  readonly at: Location;
  constructor(code: string, message: string, at: Location) {
    super(message);
    this.code = code;
    this.at = at;
  }
}

const bySource = new WeakMap<SourceText, ParsedData>();

/**
 * YAML as upstream's PyYAML reads it (its scalars, merge keys, the last of two equal keys wins), with the place of
 * every node. Syntax errors, double keys, and files made to exhaust memory become diagnostics.
 */
export function parseYaml(element: Element, file: RegularFile): ParsedData {
  const { root, diagnostics } = parseYamlText(textOf(element, file));
  return { root, diagnostics: diagnostics.map((diagnostic) => ({ ...diagnostic, element: element.name })) };
}

/** The same of a text that belongs to no element; remembered, since a file has several readers. */
export function parseYamlText(source: SourceText): ParsedData {
  const known = bySource.get(source);
  if (known) return known;
  const parsed = readYaml(source);
  bySource.set(source, parsed);
  return parsed;
}

function readYaml(source: SourceText): ParsedData {
  const diagnostics: Diagnostic[] = [];
  const report = (code: string, message: string, location: Location, related: Diagnostic["related"] = []) =>
    diagnostics.push({ code, severity: "error", message, location, related });
  if (source.text.length > DATA_FILE_LIMIT) {
    const message = `file has ${source.text.length} characters, and more than ${DATA_FILE_LIMIT} are not read`;
    report("yaml/too-large", message, { source, start: 0, end: 0 });
    return { root: undefined, diagnostics };
  }
  if (mayNestTooDeep(source.text)) {
    report("yaml/too-deep", TOO_DEEP, { source, start: 0, end: 0 });
    return { root: undefined, diagnostics };
  }
  try {
    // The parser makes texts of all scalars, because its own rules for numbers, dates and truth values are not PyYAML's.
    const document = parseDocument(readable(source), {
      version: "1.1",
      schema: "failsafe",
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "error",
    });
    const problems = [...document.errors, ...document.warnings].filter(({ code }) => code !== "TAG_RESOLVE_FAILED");
    for (const problem of problems.slice(0, PROBLEM_LIMIT)) {
      const [start, end] = problem.pos.map((position) => position + markLength(source)) as [number, number];
      if (problem.code === "MULTIPLE_DOCS") {
        report("yaml/syntax", "a second document begins here, and only one is read: join them", { source, start, end });
        continue;
      }
      report("yaml/syntax", yamlWords(problem.message), { source, start, end: Math.max(end, start) });
    }
    const convert = new YamlConversion(document, source, report);
    const empty = document.contents === null || isImplicitNull(document.contents);
    return { root: empty ? undefined : convert.node(document.contents as Node, 0), diagnostics };
  } catch (error) {
    if (error instanceof Refusal) report(error.code, error.message, error.at);
    else throw error;
    return { root: undefined, diagnostics };
  }
}

/** The byte-order mark that editors of Windows put before a text; the parser counts it as a column of the first line. */
function markLength({ text }: SourceText): number {
  return text.startsWith("\uFEFF") ? 1 : 0;
}

/** Without the mark; a return alone, as the last of `$(cat FILE)` is, ends a line for PyYAML but not for the parser. */
function readable(source: SourceText): string {
  return source.text.slice(markLength(source)).replaceAll(/\r(?!\n)/g, "\n");
}

const COLLECTION_TAG = /^(!|tag:yaml\.org,2002:(map|omap|pairs|seq|set))$/;
const TOO_DEEP = `file is nested more than ${DEPTH_LIMIT} levels deep`;

function isImplicitNull(node: unknown): boolean {
  return isScalar(node) && node.source === "" && node.type === "PLAIN" && node.tag === undefined;
}

type Report = (code: string, message: string, location: Location, related?: Diagnostic["related"]) => void;

/** One walk over a document; holds the count of nodes it has made. */
class YamlConversion {
  readonly #targets: ReadonlyMap<Alias, Node>;
  readonly #source: SourceText;
  readonly #report: Report;
  #count = 0;

  constructor(document: Document, source: SourceText, report: Report) {
    this.#targets = aliasTargets(document);
    this.#source = source;
    this.#report = report;
  }

  node(node: Node, depth: number, flow = false): DataNode {
    const location = this.#locate(node);
    this.#count += 1;
    if (this.#count > NODE_LIMIT) {
      throw new Refusal("yaml/too-large", `aliases make more than ${NODE_LIMIT} values of this file`, location);
    }
    if (depth > DEPTH_LIMIT) throw new Refusal("yaml/too-deep", TOO_DEEP, location);
    if (isAlias(node)) {
      const target = this.#targets.get(node);
      if (target) return this.node(target, depth + 1, flow);
      this.#report("yaml/syntax", `alias "*${node.source}" has no anchor "&${node.source}" before it`, location);
      return { kind: "scalar", value: null, location };
    }
    if (node.tag !== undefined && !isScalar(node) && !COLLECTION_TAG.test(node.tag)) {
      this.#report("yaml/value", `PyYAML does not know the tag "${node.tag}"`, location);
    }
    const inside = flow || ((isMap(node) || isSeq(node)) && node.flow === true);
    if (isMap(node)) return { kind: "mapping", entries: this.#entries(node.items as Pair[], depth, inside), location };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.node(item as Node, depth + 1, inside));
      return { kind: "sequence", items, location };
    }
    return { kind: "scalar", value: this.#value(node as Scalar, location, flow), location };
  }

  #value({ value, type, tag: written, source }: Scalar, location: Location, flow: boolean): DataScalar {
    // A lone "!" asks for what would be there without it.
    const tag = written === "!" ? undefined : written;
    if (type !== "PLAIN" && tag === undefined) return String(value);
    const text = type === "PLAIN" ? (source ?? "") : String(value);
    if (flow && type === "PLAIN" && /^[:?]/.test(text)) {
      this.#report("yaml/syntax", `"${text}" cannot begin with "${text[0]}" between brackets`, location);
    }
    const read = yamlScalar(text, tag);
    if ("value" in read) return read.value;
    this.#report("yaml/value", read.refusal, location);
    return null;
  }

  #locate(node: Node | null): Location {
    const [start, end] = node?.range ?? [0, 0];
    const mark = markLength(this.#source);
    return { source: this.#source, start: start + mark, end: end + mark };
  }

  #entries(pairs: readonly Pair[], depth: number, flow: boolean): readonly DataEntry[] {
    const merged: DataEntry[] = [];
    const own: DataEntry[] = [];
    const firstByKey = new Map<string, DataEntry>();
    for (const pair of pairs) {
      const keyNode = pair.key as Node | null;
      const keyLocation = this.#locate(keyNode);
      const node: DataNode = pair.value
        ? this.node(pair.value as Node, depth + 1, flow)
        : { kind: "scalar", value: null, location: { ...keyLocation, start: keyLocation.end } };
      const key = this.#keyText(keyNode);
      if (key === "<<" && isScalar(keyNode) && keyNode.type === "PLAIN") {
        if (!isMergeable(node)) {
          this.#report("yaml/value", '"<<" takes a mapping or a list of mappings', keyLocation);
        }
        for (const entry of mergedEntries(node)) merged.push(entry);
        continue;
      }
      const entry = { key, keyLocation, node };
      const first = firstByKey.get(key);
      if (first) this.#reportDouble(first, entry);
      else firstByKey.set(key, entry);
      own.push(entry);
    }
    return [...merged.filter((entry) => !firstByKey.has(entry.key)), ...own];
  }

  #reportDouble(first: DataEntry, again: DataEntry): void {
    const message = `key "${again.key}" is given twice, and only the last counts`;
    const related = [{ message: "ignored here", location: first.keyLocation }];
    this.#report("yaml/duplicate-key", message, again.keyLocation, related);
  }

  #keyText(key: Node | null): string {
    const node = isAlias(key) ? (this.#targets.get(key) ?? null) : key;
    if (node === null) return "null";
    if (isScalar(node)) return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
    const location = this.#locate(node);
    this.#report("yaml/value", "a list or mapping cannot be the key of a mapping", location);
    const { start, end } = location;
    return this.#source.text.slice(start, end);
  }
}

/** The node each alias stands for: the last one before it with that anchor. One walk, as asking the parser is slow. */
function aliasTargets(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Alias: (_, alias) => {
      const target = anchors.get(alias.source);
      if (target) targets.set(alias, target);
    },
    Value: (_, node) => {
      if (node.anchor) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

function isMergeable(node: DataNode): boolean {
  return node.kind === "mapping" || (node.kind === "sequence" && node.items.every(({ kind }) => kind === "mapping"));
}

/** Of several merged mappings the first wins, so it comes last. */
function mergedEntries(node: DataNode): readonly DataEntry[] {
  if (node.kind === "mapping") return node.entries;
  return node.kind === "sequence" ? node.items.toReversed().flatMap(mergedEntries) : [];
}
