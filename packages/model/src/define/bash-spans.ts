import type { OriginSpan } from "../element.js";
import type { SourceText } from "../source-text.js";
import type { BashFragment } from "./bash.js";
import { locateCall } from "./module-text.js";
import type { RenderedSegment } from "./render-bash.js";
import { skipBracket } from "./typescript-text.js";

/** Offsets of a template's parts and interpolations in its module. */
interface LocatedTemplate {
  readonly source: SourceText;
  readonly parts: readonly number[];
  readonly values: readonly { readonly start: number; readonly end: number }[];
}

const located = new WeakMap<BashFragment, LocatedTemplate | undefined>();

/** Spans of rendered bash, moved by `offset` in the generated file. Templates that cannot be found give none. */
export function bashSpans(segments: readonly RenderedSegment[], offset: number): OriginSpan[] {
  const spans: OriginSpan[] = [];
  for (const segment of segments) {
    const template = locate(segment.template);
    const range = template && sourceRange(template, segment);
    if (!range) continue;
    spans.push({ start: segment.start + offset, end: segment.end + offset, source: template.source, ...range });
  }
  return spans;
}

function sourceRange(template: LocatedTemplate, { from }: RenderedSegment) {
  if (from.kind === "value") {
    const value = template.values[from.part];
    return value && { sourceStart: value.start, sourceEnd: value.end };
  }
  const part = template.parts[from.part] as number;
  const { text } = template.source;
  return {
    sourceStart: advance(text, part, from.start),
    sourceEnd: advance(text, part, from.end),
  };
}

function locate(template: BashFragment): LocatedTemplate | undefined {
  if (!located.has(template)) located.set(template, findTemplate(template));
  return located.get(template);
}

function findTemplate(template: BashFragment): LocatedTemplate | undefined {
  const call = locateCall(template.site);
  if (!call) return undefined;
  const { text } = call.source;
  const parts: number[] = [];
  const values: { start: number; end: number }[] = [];
  let at = text.indexOf("`", call.start) + 1;
  for (const [index, part] of template.parts.entries()) {
    const end = advance(text, at, part.length);
    if (text.slice(at, end).replaceAll("\r", "") !== part) return undefined;
    parts.push(at);
    if (index === template.values.length) break;
    const after = skipBracket(text, end + 1);
    values.push({ start: end, end: after });
    at = after;
  }
  return { source: call.source, parts, values };
}

/** Offset `length` characters after `from`, not counting the `\r` of CRLF, which raw template text does not have. */
function advance(text: string, from: number, length: number): number {
  let at = from;
  for (let left = length; left > 0; left -= 1) {
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
  }
  return at;
}
