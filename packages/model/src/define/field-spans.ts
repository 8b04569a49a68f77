import type { OriginSpan } from "../element.js";
import type { CallSite } from "./call-site.js";
import { locateCall } from "./module-text.js";
import { findProperty, skipToken, skipTrivia } from "./typescript-text.js";

/** A range of an author's module. */
export type SourceRange = Pick<OriginSpan, "source" | "sourceStart" | "sourceEnd">;

/**
 * The key of a property of the object literal in a call, such as `packages.nginx` of a `defineElement`; the nearest
 * enclosing key that can be found, else the call itself.
 */
export function fieldRange(site: CallSite | undefined, path: readonly string[]): SourceRange | undefined {
  const call = locateCall(site);
  if (!call) return undefined;
  const { text } = call.source;
  let range = { sourceStart: call.start, sourceEnd: call.end };
  let at = objectArgument(text, call.start);
  for (const name of path) {
    const property = at === undefined || text[at] !== "{" ? undefined : findProperty(text, at, name);
    if (!property) break;
    range = { sourceStart: property.start, sourceEnd: property.end };
    at = property.value;
  }
  return { source: call.source, ...range };
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
