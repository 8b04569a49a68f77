import { readFileSync } from "node:fs";
import { lineRange, type SourceText } from "../source-text.js";
import type { CallSite } from "./call-site.js";

const sourceByPath = new Map<string, SourceText | undefined>();

/** Text of an author's module, read once; undefined when it cannot be read. */
export function moduleText(path: string): SourceText | undefined {
  if (!sourceByPath.has(path)) {
    try {
      sourceByPath.set(path, { path, text: readFileSync(path, "utf8") });
    } catch {
      sourceByPath.set(path, undefined);
    }
  }
  return sourceByPath.get(path);
}

/** Forgets the text of a module that has changed on disk. */
export function forgetModuleTexts(): void {
  sourceByPath.clear();
}

/** A call in an author's module, with the offset of the callee. */
export interface LocatedCall {
  readonly source: SourceText;
  readonly start: number;
  /** End of what is worth underlining: the callee and the first argument on its line. */
  readonly end: number;
}

/** Where a call site is in the text of its module. */
export function locateCall(site: CallSite | undefined): LocatedCall | undefined {
  const source = site && moduleText(site.path);
  if (!source) return undefined;
  const line = lineRange(source, site.line);
  const start = Math.min(line.start + site.column - 1, line.end);
  const head = /^[^(`\n]*\(?[^,(`{[\n]*/.exec(source.text.slice(start, line.end))?.[0].trimEnd() ?? "";
  return { source, start, end: start + Math.max(head.length, 1) };
}
