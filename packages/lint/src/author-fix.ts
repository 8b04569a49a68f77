import { type Element, type FileEdit, type Fix, type OriginSpan, type RegularFile, textOf } from "@dibkit/model";

type Replacement = Extract<FileEdit, { kind: "replace" }>;

/**
 * A repair of a generated file as a repair of the TypeScript it came from: only where what it replaces stands in the
 * module as it stands in the file, in a `bash` template or as a whole string. Undefined otherwise: a value that the
 * module works out is the author's to change.
 */
export function authorFix(element: Element, file: RegularFile, fix: Fix): Fix | undefined {
  const { origin } = file;
  // A script that the module takes from disk is repaired there.
  if (origin.kind === "disk") return fix;
  const text = textOf(element, file).text;
  const edits: FileEdit[] = [];
  for (const edit of fix.edits) {
    const moved = edit.kind === "replace" ? movedEdit(edit, text, origin.spans()) : undefined;
    // A package of elements that others share is not for the linter to change.
    if (moved === undefined || moved.path.includes("/node_modules/")) return undefined;
    edits.push(moved);
  }
  return { ...fix, edits };
}

function movedEdit(edit: Replacement, text: string, spans: readonly OriginSpan[]): Replacement | undefined {
  const span = spans.find(({ start, end }) => start <= edit.start && edit.end <= end && start < end);
  if (span !== undefined && isVerbatim(span, edit, text)) {
    const wholeLines = edit.text === "" && text.slice(edit.start, edit.end).endsWith("\n");
    if (wholeLines) return lineRemoval(edit, text, span);
    const at = span.sourceStart + (edit.start - span.start);
    const written = inTemplate(edit.text, span, at);
    if (written === undefined) return undefined;
    const end = at + (edit.end - edit.start);
    return { kind: "replace", path: span.source.path, start: at, end, text: written };
  }
  return span && inString(edit, text, span);
}

/** Whether the module has the same characters, up to and with those that are replaced. */
function isVerbatim(span: OriginSpan, { start, end }: Replacement, text: string): boolean {
  const length = end - span.start;
  const inModule = span.source.text.slice(span.sourceStart, span.sourceStart + length);
  return span.sourceStart + (start - span.start) <= span.sourceEnd && inModule === text.slice(span.start, end);
}

/** What a `bash` template must hold to say the text; lines are indented as the template's own. */
function inTemplate(text: string, span: OriginSpan, at: number): string | undefined {
  const escaped = text.replace(/`|\$\{/g, (special) => `\\${special}`);
  if (!escaped.includes("\n")) return escaped;
  const { text: module } = span.source;
  const lineStart = module.lastIndexOf("\n", at - 1) + 1;
  const margin = module.slice(lineStart, span.sourceStart);
  return margin.trim() === "" ? escaped.replaceAll("\n", `\n${margin}`) : undefined;
}

/** A line that goes takes its indentation along. */
function lineRemoval(edit: Replacement, text: string, span: OriginSpan): Replacement | undefined {
  const { text: module, path } = span.source;
  const start = module.lastIndexOf("\n", span.sourceStart - 1) + 1;
  const whole =
    edit.start === span.start && text.slice(edit.start, edit.end).indexOf("\n") === edit.end - edit.start - 1;
  if (!whole || module.slice(start, span.sourceStart).trim() !== "") return undefined;
  return { kind: "replace", path, start, end: span.sourceStart + (edit.end - edit.start), text: "" };
}

/** `elementRef("bsae")`: a whole string, once, with nothing in it that would need an escape. */
function inString(edit: Replacement, text: string, span: OriginSpan): Replacement | undefined {
  const old = text.slice(edit.start, edit.end);
  if (old === "" || /["'`\\\n$]/.test(old + edit.text)) return undefined;
  const written = span.source.text.slice(span.sourceStart, span.sourceEnd);
  const found = ['"', "'"].flatMap((quote) => {
    const at = written.indexOf(quote + old + quote);
    const again = at !== -1 && written.includes(quote + old + quote, at + 1);
    return at === -1 ? [] : again ? [-1, -1] : [at + 1];
  });
  const [at] = found;
  if (found.length !== 1 || at === undefined) return undefined;
  const start = span.sourceStart + at;
  return { kind: "replace", path: span.source.path, start, end: start + old.length, text: edit.text };
}
