import { type Diagnostic, lineRange, positionAt, type SourceText } from "@dibkit/model";

/**
 * Checks of ShellCheck that find what is almost surely wrong. Those about quoting, unset variables or style are left out:
 * hook scripts get their variables from outside, and people would drown.
 */
export const SHELLCHECK_CODES: readonly string[] = (
  "SC1007 SC1019 SC1020 SC1035 SC1036 SC1039 SC1041 SC1054 SC1066 SC1068 SC1069 SC1072 SC1073 SC1101 SC1110 SC1119 " +
  "SC2024 SC2043 SC2050 SC2057 SC2058 SC2060 SC2070 SC2071 SC2077 SC2078 SC2107 SC2109 SC2114 SC2115 SC2144 SC2145 " +
  "SC2151 SC2155 SC2157 SC2158 SC2159 SC2160 SC2161 SC2170 SC2184 SC2190 SC2193 SC2198 SC2199 SC2216 SC2217 SC2218 SC2221 SC2222 " +
  "SC2224 SC2225 SC2241 SC2242 SC2255 SC2256 SC2257 SC2259 SC2260 SC2261 SC2276 SC2277 SC2278 SC2279 SC2280 SC2281 SC2282 " +
  "SC2283 SC2284 SC2286 SC2287 SC2288 SC2289 SC2290 SC2291 SC2320 SC3010 SC3040"
).split(" ");

/** Rules that say the same as a check of ShellCheck: where one has spoken, the other is silent on that line. */
const SAID_BY: Readonly<Record<number, readonly string[]>> = {
  1019: ["script-blanks", "script-syntax"],
  1020: ["script-blanks", "script-syntax"],
  1035: ["script-blanks", "script-syntax"],
  1036: ["script-syntax"],
  1039: ["script-heredoc-end", "script-syntax"],
  1041: ["script-heredoc-end", "script-syntax"],
  1054: ["script-syntax"],
  1072: ["script-syntax", "script-blanks", "script-heredoc-end", "script-test-operator"],
  1073: ["script-syntax", "script-blanks", "script-heredoc-end", "script-test-operator"],
  1101: ["script-blanks"],
  1110: ["script-blanks"],
  1119: ["script-heredoc-end"],
  2024: ["script-sudo-redirect"],
  2050: ["script-test-constant"],
  2107: ["script-test-operator"],
  2109: ["script-test-operator"],
  2144: ["script-test-glob"],
  2155: ["script-export-substitution"],
  2157: ["script-test-constant"],
  3010: ["script-sh-features"],
  3040: ["script-sh-features"],
};

/** Whether a rule has said what ShellCheck says: on the same line, or anywhere in a file that cannot be parsed. */
export function isSaid(comment: ShellcheckComment, source: SourceText, found: readonly Diagnostic[]): boolean {
  const rules = SAID_BY[comment.code] ?? [];
  const whole = [1072, 1073, 3010, 3040].includes(comment.code);
  return found.some(
    ({ code, location }) =>
      location?.source === source &&
      rules.includes(code) &&
      (whole || positionAt(source, location.start).line === comment.line),
  );
}

/**
 * Whether ShellCheck only fails to read what is right: it does not know `eval declare -A x=(…)`, which upstream's
 * `get_image_element_array` is used with. A script that dibkit's grammar understands as a whole is right, but for tests,
 * which bash reads when they are run.
 */
export function isMisread({ code, message }: ShellcheckComment, understood: boolean): boolean {
  return understood && [1036, 1072, 1073].includes(code) && !/test expression/.test(message);
}

/**
 * Whether what ShellCheck warns of does no harm where it is: bash takes `exit -1` for 255; who is root already, as
 * every script of a target phase is, redirects as root too; and where no failure ends the script, none is hidden.
 */
export function isHarmless({ code, line, column }: ShellcheckComment, source: SourceText, owner: Runner): boolean {
  if (code === 2024) return owner.asRoot;
  if (code === 2155) return !owner.endsAtFailure;
  if (code !== 2242 || /^#!.*\b(sh|dash)\b/.test(source.text)) return false;
  return /^-\d+\b/.test(source.text.slice(offsetAt(source, line, column)));
}

/** How a script is run. */
export interface Runner {
  readonly asRoot: boolean;
  readonly endsAtFailure: boolean;
}

/** One comment of `shellcheck --format json1`. Lines and columns are one-based, a tab is one column. */
export interface ShellcheckComment {
  readonly line: number;
  readonly endLine: number;
  readonly column: number;
  readonly endColumn: number;
  readonly code: number;
  readonly message: string;
}

/** A comment as a finding: `shellcheck/SC2115`, always a warning, for whether it breaks the build is not known. */
export function shellcheckDiagnostic(comment: ShellcheckComment, source: SourceText): Diagnostic {
  const message = comment.message.replaceAll("\n", " ").trim().replace(/\.$/, "");
  const start = offsetAt(source, comment.line, comment.column);
  const end = Math.max(start, offsetAt(source, comment.endLine, comment.endColumn));
  return {
    code: `shellcheck/SC${comment.code}`,
    severity: "warning",
    message: /^[A-Z][a-z]/.test(message) ? message.charAt(0).toLowerCase() + message.slice(1) : message,
    help: `see https://www.shellcheck.net/wiki/SC${comment.code}`,
    location: { source, start, end },
  };
}

/** Comments in the output of `shellcheck --format json1`, by the name of the file; undefined when it is none. */
export function parseShellcheck(output: string): ReadonlyMap<string, readonly ShellcheckComment[]> | undefined {
  let comments: readonly (ShellcheckComment & { readonly file: string })[];
  try {
    comments = (JSON.parse(output) as { comments: typeof comments }).comments;
  } catch {
    return undefined;
  }
  const byFile = new Map<string, ShellcheckComment[]>();
  for (const comment of comments) {
    const known = byFile.get(comment.file);
    if (known) known.push(comment);
    else byFile.set(comment.file, [comment]);
  }
  return byFile;
}

function offsetAt(source: SourceText, line: number, column: number): number {
  const { start, end } = lineRange(source, line);
  return Math.min(start + column - 1, end);
}
