import {
  applyReplacements,
  type Diagnostic,
  type Fix,
  lineRange,
  parseYamlText,
  plainData,
  positionAt,
  type SourceText,
} from "@dibkit/model";
import { parse } from "@dibkit/shell";

/** Comments to write so that findings are left out. */
export interface SuppressionPlan {
  readonly fixes: readonly Fix[];
  /** Findings that no comment can silence, with the reason. */
  readonly refused: readonly { readonly diagnostic: Diagnostic; readonly why: string }[];
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

/**
 * Plans a comment for each line that the findings are about. A comment stands alone above its line where that is sure to
 * be a comment, and else silences the whole file from its top. A file is changed only when it says the same afterwards.
 */
export function planSuppressions(diagnostics: readonly Diagnostic[], code: string, reason: string): SuppressionPlan {
  const bySource = new Map<SourceText, Diagnostic[]>();
  const refused: { diagnostic: Diagnostic; why: string }[] = [];
  for (const diagnostic of diagnostics.filter((one) => one.code === code)) {
    const source = diagnostic.location?.source;
    const why = source === undefined ? "it is about no file" : whyNot(source);
    if (why !== undefined || source === undefined) {
      refused.push({ diagnostic, why: why ?? "" });
      continue;
    }
    const known = bySource.get(source);
    if (known) known.push(diagnostic);
    else bySource.set(source, [diagnostic]);
  }
  const fixes: Fix[] = [];
  for (const [source, found] of bySource) {
    const insertions = insertionsFor(source, found, code, reason);
    if (insertions === undefined) {
      refused.push(...found.map((diagnostic) => ({ diagnostic, why: "a comment would change what the file says" })));
      continue;
    }
    const edits = insertions.map(({ at, text }) => ({
      kind: "replace" as const,
      path: source.path,
      start: at,
      end: at,
      text,
    }));
    fixes.push({ title: `leave "${code}" out`, safe: true, edits });
  }
  return { fixes, refused };
}

/** Why a file can hold no comment that the linter reads; undefined when it can. */
function whyNot(source: SourceText): string | undefined {
  const { path, text } = source;
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (text === "") return "it is about a directory, or a file that is not text";
  if (/\.[cm]?ts$/.test(name)) return "comments of TypeScript are no part of the element";
  return kindOf(source) === undefined ? `"${name}" has no comments` : undefined;
}

type Kind = "shell" | "yaml" | "hash";

/** How the file is read, where a line that begins with `#` is a comment in it. */
function kindOf({ path, text }: SourceText): Kind | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/\.ya?ml$/.test(name) || name === "svc-map") return "yaml";
  const first = /^#!.*/.exec(text)?.[0];
  if (first !== undefined) return /\b(ba|da)?sh\b/.test(first) ? "shell" : "hash";
  return /\/environment\.d\/[^/]+$/.test(path) ? "shell" : undefined;
}

function insertionsFor(
  source: SourceText,
  found: readonly Diagnostic[],
  code: string,
  reason: string,
): readonly Insertion[] | undefined {
  const lines = [...new Set(found.map(({ location }) => positionAt(source, location?.start ?? 0).line))];
  const above = lines.map((line) => aboveLine(source, line, code, reason));
  const separate = above.every((one) => one !== undefined) ? (above as readonly Insertion[]) : undefined;
  if (separate !== undefined && saysTheSame(source, separate)) return separate;
  const whole = [atTop(source, code, reason)];
  return saysTheSame(source, whole) ? whole : undefined;
}

/** Undefined for the first line, which may have to stay the first, and below a comment that is for this line already. */
function aboveLine(source: SourceText, line: number, code: string, reason: string): Insertion | undefined {
  if (line === 1 || kindOf(source) === "hash") return undefined;
  const { start, end } = lineRange(source, line);
  const before = lineRange(source, line - 1);
  if (/^\s*#\s*dibkit:\s*disable\s*=/.test(source.text.slice(before.start, before.end))) return undefined;
  const indent = /^[ \t]*/.exec(source.text.slice(start, end))?.[0] ?? "";
  return { at: start, text: `${indent}# dibkit: disable=${code} -- ${reason}\n` };
}

/** Below the lines that have to be first: that of the interpreter, and python's about the encoding. */
function atTop({ text }: SourceText, code: string, reason: string): Insertion {
  const head = /^(#!.*\n?)?(#.*coding[:=].*\n?)?/.exec(text)?.[0] ?? "";
  const newline = head === "" || head.endsWith("\n") ? "" : "\n";
  return { at: head.length, text: `${newline}# dibkit: disable-file=${code} -- ${reason}\n` };
}

/** Whether each insertion is a comment, and nothing else reads differently than before. */
function saysTheSame(source: SourceText, insertions: readonly Insertion[]): boolean {
  const text = applyReplacements(
    source.text,
    insertions.map(({ at, text: inserted }) => ({ start: at, end: at, text: inserted })),
  );
  switch (kindOf(source)) {
    case "shell":
      return shellWords(text, insertions.length) === shellWords(source.text, 0);
    case "yaml":
      return yamlValue(text) === yamlValue(source.text);
    default:
      return true;
  }
}

/** What a script says without its comments; undefined when there are not as many more comments as expected. */
function shellWords(text: string, more: number): string {
  const { comments, commands, heredocs, problems } = parse({ path: "", text });
  const cut = (start: number, end: number) => text.slice(start, end);
  return JSON.stringify([
    comments.length - more,
    problems.length,
    commands.map(({ name, args }) => [name, ...args].map((word) => word && cut(word.start, word.end))),
    heredocs.map(({ start, end }) => cut(start, end)),
  ]);
}

function yamlValue(text: string): string {
  const { root, diagnostics } = parseYamlText({ path: "", text });
  return JSON.stringify([root && plainData(root), diagnostics.length]);
}
