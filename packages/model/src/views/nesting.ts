/** Levels of nesting a structured file may have; upstream's deepest has seven. */
export const DEPTH_LIMIT = 100;

/**
 * Whether a text may nest deeper than `DEPTH_LIMIT`, judged by its brackets and by what lines begin with. Asked before
 * parsing, since parsers recurse, and Node ends the process when a regular expression is compiled on a full stack.
 */
export function mayNestTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === OPEN_BRACKET || code === OPEN_BRACE) depth += 1;
    else if ((code === CLOSE_BRACKET || code === CLOSE_BRACE) && depth > 0) depth -= 1;
    if (depth > DEPTH_LIMIT) return true;
  }
  // In block style a level takes a column of indentation, a dash or a question mark.
  return text.split("\n").some((line) => (/^[\s?:-]+/.exec(line)?.[0].length ?? 0) > 4 * DEPTH_LIMIT);
}

const OPEN_BRACKET = "[".charCodeAt(0);
const OPEN_BRACE = "{".charCodeAt(0);
const CLOSE_BRACKET = "]".charCodeAt(0);
const CLOSE_BRACE = "}".charCodeAt(0);
