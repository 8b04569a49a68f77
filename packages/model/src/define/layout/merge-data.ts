import { applyReplacements, type TextReplacement } from "../../apply-replacements.js";
import type { DataNode, PlainData } from "../../views/data-node.js";
import { plainData } from "../../views/data-node.js";
import { yamlItem } from "../yaml-text.js";
import { alignItems } from "./align-items.js";

type Mapping = Extract<DataNode, { kind: "mapping" }>;
type Sequence = Extract<DataNode, { kind: "sequence" }>;
type Entry = Mapping["entries"][number];

/** Whether two values mean the same to the program that reads the file. */
export type SameData = (a: PlainData, b: PlainData) => boolean;

/**
 * A YAML or JSON text in which only what differs from the wanted data is written anew. Undefined when a collection
 * cannot be changed where it stands, such as one that shares its line with the key of another.
 */
export function mergeData(text: string, root: DataNode, wanted: PlainData, isSame: SameData): string | undefined {
  const edits: TextReplacement[] = [];
  return new DataMerge(text, edits, isSame).node(root, wanted, false) ? applyReplacements(text, edits) : undefined;
}

class DataMerge {
  readonly #text: string;
  readonly #edits: TextReplacement[];
  readonly #isSame: SameData;

  constructor(text: string, edits: TextReplacement[], isSame: SameData) {
    this.#text = text;
    this.#edits = edits;
    this.#isSame = isSame;
  }

  /** Changes what is inside of a node; false when it has to be written anew as a whole. */
  node(node: DataNode, wanted: PlainData, flow: boolean): boolean {
    if (this.#isSame(plainData(node), wanted)) return true;
    const known = this.#edits.length;
    const done =
      (node.kind === "mapping" && isObject(wanted) && this.#mapping(node, wanted)) ||
      (node.kind === "sequence" && Array.isArray(wanted) && this.#sequence(node, wanted)) ||
      (node.kind === "scalar" && !isCollection(wanted) && this.#scalar(node, wanted, flow));
    if (!done) this.#edits.length = known;
    return done;
  }

  #scalar({ location }: DataNode, wanted: PlainData, flow: boolean): boolean {
    const { start, end } = location;
    const [old, text] = [this.#text.slice(start, end), yamlItem(wanted).trimEnd()];
    // A value of several lines, or none, has no range that another one fits into.
    if (start === end || old.includes("\n") || text.includes("\n")) return false;
    const isPlain = !flow || (!/^["']/.test(old) && /^[\w./+-]+$/.test(text));
    return this.#replace(start, end, isPlain ? text : JSON.stringify(wanted));
  }

  #mapping(node: Mapping, wanted: { readonly [key: string]: PlainData }): boolean {
    const flow = this.#isFlow(node);
    const kept = node.entries.filter(({ key }) => key in wanted);
    if (kept.length === 0) return this.#afresh(node, wanted, flow);
    if (new Set(node.entries.map(({ key }) => key)).size < node.entries.length) return false;
    const added = Object.entries(wanted).filter(([key]) => !kept.some((entry) => entry.key === key));
    const changed = kept.every((entry) => this.#entry(entry, wanted[entry.key] as PlainData, flow));
    const removed = node.entries.every(
      (entry, index) => kept.includes(entry) || this.#remove(node, index, wanted, flow),
    );
    return changed && removed && added.every(([key, value]) => this.#add(node, kept, { [key]: value }, flow));
  }

  /** Nothing that is written stays, so nothing that is said of it does. */
  #afresh(node: Mapping, wanted: { readonly [key: string]: PlainData }, flow: boolean): boolean {
    const { start, end } = node.location;
    if (flow) return this.#replace(start, end, this.#flowText(wanted, start));
    const isRoot =
      this.#column(start) === 0 &&
      this.#text
        .slice(0, start)
        .replace(/^(#.*|---)$/gm, "")
        .trim() === "";
    return isRoot && this.#replace(start, this.#endOfLine(end), yamlItem(wanted));
  }

  #entry(entry: Entry, wanted: PlainData, flow: boolean): boolean {
    if (this.node(entry.node, wanted, flow)) return true;
    const { start } = entry.keyLocation;
    if (flow) return this.#replace(entry.node.location.start, entry.node.location.end, this.#flowText(wanted, start));
    const text = yamlItem({ [entry.key]: wanted });
    return this.#replace(start, this.#endOfEntry(entry), indented(text, this.#column(start)));
  }

  #remove(node: Mapping, index: number, wanted: object, flow: boolean): boolean {
    const entry = node.entries[index] as Entry;
    if (flow) return this.#removeBetweenCommas(node, index, wanted);
    const start = this.#startOfLine(entry.keyLocation.start);
    return start !== undefined && this.#removeLines(start, this.#endOfEntry(entry));
  }

  #add(node: Mapping, kept: readonly Entry[], entry: { readonly [key: string]: PlainData }, flow: boolean): boolean {
    const last = node.entries.at(-1) as Entry;
    const first = node.entries[0] as Entry;
    if (flow) {
      const [[key, value]] = Object.entries(entry) as [[string, PlainData]];
      const text = `${JSON.stringify(key)}: ${this.#flowText(value, first.keyLocation.start)}`;
      // What is removed takes the comma behind its predecessor, so the new entry follows the last one that stays.
      return this.#addAfterComma(node, rangeOfEntry(kept.at(-1) as Entry).end, first.keyLocation.start, text);
    }
    const column = this.#column(first.keyLocation.start);
    return this.#addLines(this.#endOfEntry(last), " ".repeat(column) + indented(yamlItem(entry), column));
  }

  #sequence(node: Sequence, wanted: readonly PlainData[]): boolean {
    const flow = this.#isFlow(node);
    if (node.items.length === 0 || wanted.length === 0) return false;
    const isSame = (a: number, b: number) => this.#isSame(plainData(node.items[a] as DataNode), wanted[b] as PlainData);
    const edits = alignItems(node.items.length, wanted.length, isSame);
    // Lists between brackets are short.
    if (flow && edits.some(({ kind }) => kind !== "keep")) {
      const { start, end } = node.location;
      return this.#replace(start, end, this.#flowText(wanted, start));
    }
    return edits.every((edit, index) => {
      if (edit.kind === "keep")
        return this.#item(node.items[edit.old] as DataNode, wanted[edit.wanted] as PlainData, flow);
      if (edit.kind === "remove") return this.#removeItem(node.items[edit.old] as DataNode);
      const before = edits.slice(0, index).findLast((each) => each.kind !== "add");
      return this.#addItem(node, before?.old, wanted[edit.wanted] as PlainData);
    });
  }

  #item(item: DataNode, wanted: PlainData, flow: boolean): boolean {
    if (this.node(item, wanted, flow)) return true;
    const { start, end } = item.location;
    if (flow || start === end) return flow && this.#replace(start, end, this.#flowText(wanted, start));
    return this.#replace(start, this.#endOfLine(end), indented(yamlItem(wanted), this.#column(start)));
  }

  #removeItem(item: DataNode): boolean {
    const start = this.#startOfItem(item);
    return start !== undefined && this.#removeLines(start, this.#endOfLine(item.location.end));
  }

  #addItem(node: Sequence, after: number | undefined, wanted: PlainData): boolean {
    const first = node.items[0] as DataNode;
    const start = this.#startOfItem(first);
    if (start === undefined) return false;
    const dash = this.#column(this.#text.indexOf("-", start));
    const text = `${" ".repeat(dash)}- ${indented(yamlItem(wanted), dash + 2)}`;
    const at = after === undefined ? start : this.#endOfLine((node.items[after] as DataNode).location.end);
    return this.#addLines(at, text);
  }

  /** With the comma before it, or with the one behind it where nothing stays before it. */
  #removeBetweenCommas(node: Mapping, index: number, wanted: object): boolean {
    const [before, own, after] = [index - 1, index, index + 1].map((at) => node.entries[at]);
    if (own === undefined) return false;
    const { start, end } = rangeOfEntry(own);
    if (before !== undefined && node.entries.slice(0, index).some(({ key }) => key in wanted))
      return this.#replace(rangeOfEntry(before).end, end, "");
    return after !== undefined && this.#replace(start, after.keyLocation.start, "");
  }

  /** After the end of an entry: on a line of its own when the others are. */
  #addAfterComma(node: DataNode, end: number, first: number, text: string): boolean {
    const isBroken = this.#text.slice(node.location.start, first).includes("\n");
    const gap = isBroken ? `\n${" ".repeat(this.#column(first))}` : " ";
    return this.#replace(end, end, `,${gap}${text}`);
  }

  #addLines(at: number, lines: string): boolean {
    const joined = at > 0 && this.#text[at - 1] !== "\n" ? `\n${lines.replace(/\n$/, "")}` : lines;
    return this.#replace(at, at, joined);
  }

  /** With the comments above them, and with one of two blank lines around them. */
  #removeLines(start: number, end: number): boolean {
    const first = this.#aboveComments(start);
    const isBetweenBlanks = this.#text.slice(0, first).endsWith("\n\n") && this.#text[end] === "\n";
    return this.#replace(first, isBetweenBlanks ? end + 1 : end, "");
  }

  #replace(start: number, end: number, text: string): boolean {
    this.#edits.push({ start, end, text });
    return true;
  }

  #isFlow({ location }: DataNode): boolean {
    return /[{[]/.test(this.#text[location.start] ?? "");
  }

  #flowText(value: PlainData, at: number): string {
    const isBroken = /^\s*[{[]\s*\n/.test(this.#text);
    const text = JSON.stringify(value, null, isBroken ? 2 : undefined);
    return isBroken ? indented(text, this.#column(at)) : text.replace(/":(?=\S)/g, '": ').replace(/",(?=")/g, '", ');
  }

  /** Offset in its line. */
  #column(at: number): number {
    return at - (this.#text.lastIndexOf("\n", at - 1) + 1);
  }

  /** Where the line of an entry begins, when nothing but white space is before it. */
  #startOfLine(at: number): number | undefined {
    const start = at - this.#column(at);
    return this.#text.slice(start, at).trim() === "" ? start : undefined;
  }

  /** Where the line of an item begins, when its dash is the first thing there. */
  #startOfItem({ location }: DataNode): number | undefined {
    const dash = this.#text.lastIndexOf("-", location.start - 1);
    return dash !== -1 && /^-\s+$/.test(this.#text.slice(dash, location.start)) ? this.#startOfLine(dash) : undefined;
  }

  #endOfEntry({ keyLocation, node }: Entry): number {
    return this.#endOfLine(Math.max(keyLocation.end, node.location.end));
  }

  /** After the line that a value ends on; a block ends where the next line begins. */
  #endOfLine(end: number): number {
    if (end > 0 && this.#text[end - 1] === "\n") return end;
    const newline = this.#text.indexOf("\n", end);
    return newline === -1 ? this.#text.length : newline + 1;
  }

  /** Comments directly above a line speak of it, except at the head of the file. */
  #aboveComments(start: number): number {
    let first = start;
    while (first > 0) {
      const previous = this.#text.lastIndexOf("\n", first - 2) + 1;
      if (!/^[ \t]*#/.test(this.#text.slice(previous, first))) break;
      first = previous;
    }
    return first === 0 ? start : first;
  }
}

function rangeOfEntry({ keyLocation, node }: Entry): { readonly start: number; readonly end: number } {
  return { start: keyLocation.start, end: Math.max(keyLocation.end, node.location.end) };
}

/** All lines but the first moved to a column. */
function indented(text: string, column: number): string {
  return text.replace(/\n(?=[^\n])/g, `\n${" ".repeat(column)}`);
}

function isObject(value: PlainData): value is { readonly [key: string]: PlainData } {
  return isCollection(value) && !Array.isArray(value);
}

function isCollection(value: PlainData): boolean {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}
