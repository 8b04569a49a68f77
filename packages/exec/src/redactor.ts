/** Shown in the place of a secret. */
export const REDACTED = "[secret]";

/** Shorter values occur everywhere by chance; hiding them would hide the log. */
export const SHORTEST_SECRET = 4;

/** Changes a text that comes in pieces of any size. */
export interface TextFilter {
  /** What can be shown by now of all that was written. */
  write(piece: string): string;
  /** The rest. */
  end(): string;
}

/**
 * Hides values, also where one is cut by the end of a piece: what may be the beginning of a value waits for the next
 * piece. Of several values that begin at the same place the longest is taken.
 */
export function createRedactor(values: readonly string[]): TextFilter {
  const hidden = [...new Set(values.flatMap(writtenForms))].sort((a, b) => b.length - a.length);
  const firsts = new Set(hidden.map((value) => value[0]));
  let kept = "";
  const take = (final: boolean): string => {
    const text = kept;
    let shown = "";
    let from = 0;
    for (let at = 0; at < text.length; at += 1) {
      if (!firsts.has(text[at])) continue;
      if (!final && hidden.some((value) => isCut(value, text, at))) {
        kept = text.slice(at);
        return shown + text.slice(from, at);
      }
      const found = hidden.find((value) => text.startsWith(value, at));
      if (found === undefined) continue;
      shown += text.slice(from, at) + REDACTED;
      from = at + found.length;
      at = from - 1;
    }
    kept = "";
    return shown + text.slice(from);
  };
  return {
    write(piece) {
      kept += piece;
      return take(false);
    },
    end: () => take(true),
  };
}

/** Whether the text ends in the middle of a value that begins at `at`. */
function isCut(value: string, text: string, at: number): boolean {
  const length = text.length - at;
  return length < value.length && value.startsWith(text.slice(at));
}

/** A value as programs print it: plain, quoted by bash's trace or `export -p`, in JSON, in a URL, in base64, by lines. */
function writtenForms(value: string): readonly string[] {
  if (value.length < SHORTEST_SECRET) return [];
  const forms = [
    value,
    value.replaceAll("'", "'\\''"),
    value.replace(/["\\$`]/g, "\\$&"),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(Buffer.from(value).toString()),
    Buffer.from(value).toString("base64"),
  ];
  // A key of several lines may be printed line by line; its markers and short lines are no secret.
  const lines = value.includes("\n")
    ? value.split("\n").filter((line) => line.length >= 16 && !/^-----/.test(line))
    : [];
  return [...forms, ...lines].filter((form) => form.length >= SHORTEST_SECRET);
}
