import { type Diagnostic, type Location, lineRange, positionAt, type SourceText } from "@dibkit/model";
import type { ScriptFile } from "./script-file.js";

/** One `# dibkit: disable…` comment. */
interface Suppression {
  readonly rules: readonly string[];
  /** The line it silences; undefined for the whole file. */
  readonly line: number | undefined;
  readonly reason: string | undefined;
  readonly location: Location;
  used: boolean;
}

/** What the comments of one file silence. */
export interface FileSuppressions {
  readonly source: SourceText;
  readonly comments: readonly Suppression[];
  /** Checks of dib-lint that a pragma turns off for the file, and the lines with `dib-lint: safe_sudo` or `which`. */
  readonly dibLint: ReadonlySet<string>;
  readonly dibLintLines: ReadonlyMap<number, ReadonlySet<string>>;
}

const COMMENT = /#\s*dibkit:\s*(disable|disable-file)\s*=\s*([\w*/-]+(?:\s*,\s*[\w*/-]+)*)(?:\s+--\s*(.*\S))?/;

export function suppressionsOf(file: ScriptFile): FileSuppressions | undefined {
  const { source } = file;
  if (!/dibkit:\s*disable|dib-lint:/.test(source.text)) return undefined;
  const comments: Suppression[] = [];
  const dibLint = new Set<string>();
  const dibLintLines = new Map<number, Set<string>>();
  source.text.split("\n").forEach((text, index) => {
    const line = index + 1;
    const comment = COMMENT.exec(text);
    if (comment) comments.push(suppression(source, line, text, comment));
    // Upstream takes the pragma only at the very start of a line.
    const pragma = /^# dib-lint: disable=(.*)$/.exec(text);
    if (pragma) for (const check of (pragma[1] as string).split(/\s+/)) if (check) dibLint.add(check);
    const checks = [...text.matchAll(/dib-lint: (safe_sudo|which)\b/g)].map((match) => match[1] as string);
    if (checks.length > 0) dibLintLines.set(line, new Set(checks));
  });
  return { source, comments, dibLint, dibLintLines };
}

function suppression(source: SourceText, line: number, text: string, match: RegExpExecArray): Suppression {
  const alone = text.slice(0, match.index).trim() === "";
  const start = lineRange(source, line).start + match.index;
  return {
    rules: (match[2] as string).split(",").map((rule) => rule.trim()),
    line: match[1] === "disable-file" ? undefined : alone ? line + 1 : line,
    reason: match[3],
    location: { source, start, end: start + match[0].trimEnd().length },
    used: false,
  };
}

/** Whether a comment silences the finding; remembers that the comment was needed. */
export function isSuppressed(
  diagnostic: Diagnostic,
  file: FileSuppressions | undefined,
  dibLintChecks: readonly string[],
  ignoredChecks: ReadonlySet<string>,
): boolean {
  if (dibLintChecks.some((check) => ignoredChecks.has(check))) return true;
  if (file === undefined || diagnostic.location === undefined) return false;
  const { line } = positionAt(diagnostic.location.source, diagnostic.location.start);
  if (dibLintChecks.some((check) => file.dibLint.has(check) || file.dibLintLines.get(line)?.has(check))) return true;
  let suppressed = false;
  for (const comment of file.comments) {
    if (comment.line !== undefined && comment.line !== line) continue;
    if (!comment.rules.some((rule) => rule === "*" || rule === diagnostic.code)) continue;
    comment.used = true;
    suppressed = true;
  }
  return suppressed;
}

/** What is wrong with the comments themselves, once all findings are known. */
export function suppressionFindings(file: FileSuppressions, knownRules: ReadonlySet<string>): Diagnostic[] {
  const findings: Diagnostic[] = [];
  for (const comment of file.comments) {
    const { location } = comment;
    const named = comment.rules.map((rule) => `"${rule}"`).join(", ");
    const unknown = comment.rules.filter((rule) => rule !== "*" && isOurs(rule, knownRules) && !knownRules.has(rule));
    for (const rule of unknown) {
      findings.push({
        code: "suppression-known",
        severity: "warning",
        message: `the comment disables "${rule}", which is not a rule`,
        help: 'see "dibkit explain" for the list of rules',
        location,
      });
    }
    if (!comment.used && unknown.length === 0) {
      findings.push({
        code: "suppression-used",
        severity: "warning",
        message: `the comment disables ${named}, which finds nothing here`,
        help: "remove the comment",
        location,
      });
    }
    if (comment.reason === undefined) {
      findings.push({
        code: "suppression-reason",
        severity: "info",
        message: `the comment disables ${named} without saying why`,
        help: 'add the reason after " -- "',
        location,
      });
    }
  }
  return findings;
}

/** Whether a code can only be one of the known rules: a code of ShellCheck, or of a plugin that is not loaded, may be right. */
function isOurs(code: string, knownRules: ReadonlySet<string>): boolean {
  const slash = code.indexOf("/");
  return slash === -1 || [...knownRules].some((rule) => rule.startsWith(code.slice(0, slash + 1)));
}
