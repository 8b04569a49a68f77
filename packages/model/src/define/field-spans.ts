import type { OriginSpan } from "../element.js";
import type { CallSite } from "./call-site.js";
import { locateCall } from "./module-text.js";
import { findItem, findProperty, skipToken, skipTrivia } from "./typescript-text.js";

/** A range of an author's module. */
export type SourceRange = Pick<OriginSpan, "source" | "sourceStart" | "sourceEnd">;

/**
 * The key of a property (or the item, for a number) in the object literal of a call, such as `packages.nginx` or
 * `deps[1]` of a `defineElement`; the nearest enclosing one that can be found, else the call itself.
 */
export function fieldRange(site: CallSite | undefined, path: readonly (string | number)[]): SourceRange | undefined {
  const call = locateCall(site);
  if (!call) return undefined;
  const { text } = call.source;
  let range = { sourceStart: call.start, sourceEnd: call.end };
  let at = objectArgument(text, call.start);
  for (const step of path) {
    const found = at === undefined ? undefined : enter(text, at, step);
    if (!found) break;
    range = { sourceStart: found.start, sourceEnd: found.end };
    at = found.value;
  }
  return { source: call.source, ...range };
}

function enter(text: string, at: number, step: string | number) {
  if (typeof step === "string") return text[at] === "{" ? findProperty(text, at, step) : undefined;
  const item = text[at] === "[" ? findItem(text, at, step) : undefined;
  return item && { ...item, value: item.start };
}

/** Offset of the first argument that is an object literal in the call whose callee begins at `start`. */
function objectArgument(text: string, start: number): number | undefined {
  let at = text.indexOf("(", start);
  if (at === -1) return undefined;
  at = skipTrivia(text, at + 1);
  while (at < text.length && text[at] !== "{" && text[at] !== ")") at = skipTrivia(text, skipToken(text, at));
  return text[at] === "{" ? at : undefined;
}

/** One span for a whole generated file. */
export function wholeFile(text: string, range: SourceRange | undefined): readonly OriginSpan[] {
  return range ? [{ start: 0, end: text.length, ...range }] : [];
}
