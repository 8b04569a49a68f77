import { type Diagnostic, lineRange, type SourceText } from "@dibkit/model";

/**
 * Checks of ShellCheck that find what is almost surely wrong. Those about quoting, unset variables or style are left out:
 * hook scripts get their variables from outside, and people would drown.
 */
export const SHELLCHECK_CODES: readonly string[] = (
  "SC1007 SC1066 SC1068 SC1069 SC2050 SC2057 SC2058 SC2070 SC2071 SC2077 SC2078 SC2114 SC2115 SC2144 SC2145 " +
  "SC2151 SC2157 SC2158 SC2159 SC2160 SC2161 SC2170 SC2184 SC2190 SC2193 SC2198 SC2199 SC2216 SC2217 SC2218 SC2221 SC2222 " +
  "SC2224 SC2225 SC2241 SC2242 SC2255 SC2256 SC2257 SC2259 SC2260 SC2261 SC2276 SC2277 SC2278 SC2279 SC2280 SC2281 SC2282 " +
  "SC2283 SC2284 SC2286 SC2287 SC2288 SC2289 SC2290 SC2291 SC2320"
).split(" ");

/** One comment of `shellcheck --format json1`. Lines and columns are one-based; a tab counts up to the next multiple of 8. */
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
  let at = start;
  for (let shown = 1; shown < column && at < end; at += 1) {
    shown += source.text[at] === "\t" ? 8 - ((shown - 1) % 8) : 1;
  }
  return at;
}
