/** How the shell will read what is written next. */
export type ShellContext = "word" | "double" | "single" | "ansi" | "heredoc" | "heredoc-quoted" | "comment";

interface Heredoc {
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
}

type Frame = "(" | "`" | "{" | '"';

const HEREDOC = /<<(-?)[ \t]*((?:'[^'\n]*'|"[^"\n]*"|\\.|[^\s;&|<>()'"\\])+)/y;

/** The context at the end of `text`, the beginning of a script. Enough of bash's quoting to interpolate safely. */
export function shellContextAt(text: string): ShellContext {
  const frames: Frame[] = [];
  const pending: Heredoc[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    const inDouble = frames.lastIndexOf('"') > Math.max(frames.lastIndexOf("("), frames.lastIndexOf("`"));
    if (char === "\\") {
      at += 2;
    } else if (char === '"') {
      if (frames.at(-1) === '"') frames.pop();
      else frames.push('"');
      at += 1;
    } else if (char === "$" && (text[at + 1] === "(" || text[at + 1] === "{")) {
      frames.push(text[at + 1] as "(" | "{");
      at += 2;
    } else if (char === "`") {
      if (frames.at(-1) === "`") frames.pop();
      else frames.push("`");
      at += 1;
    } else if (char === "}" && frames.at(-1) === "{") {
      frames.pop();
      at += 1;
    } else if (inDouble) {
      at += 1;
    } else if (char === "'") {
      const ansi = text[at - 1] === "$";
      const end = closingQuote(text, at + 1, ansi);
      if (end === undefined) return ansi ? "ansi" : "single";
      at = end;
    } else if (char === "#" && frames.at(-1) !== "{" && (at === 0 || /[\s;&|()]/.test(text[at - 1] as string))) {
      const end = text.indexOf("\n", at);
      if (end === -1) return "comment";
      at = end;
    } else if (char === "(") {
      frames.push("(");
      at += 1;
    } else if (char === ")") {
      if (frames.at(-1) === "(") frames.pop();
      at += 1;
    } else if (char === "<" && text.startsWith("<<<", at)) {
      at += 3;
    } else if (char === "<" && text[at + 1] === "<" && !isArithmetic(frames)) {
      at = readHeredocStart(text, at, pending);
    } else if (char === "\n" && pending.length > 0) {
      const end = skipHeredocs(text, at + 1, pending);
      if (typeof end === "string") return end;
      at = end;
    } else at += 1;
  }
  return frames.lastIndexOf('"') > Math.max(frames.lastIndexOf("("), frames.lastIndexOf("`")) ? "double" : "word";
}

/** In `((…))` and `$((…))` a `<<` shifts. */
function isArithmetic(frames: readonly Frame[]): boolean {
  return frames.at(-1) === "(" && frames.at(-2) === "(";
}

function closingQuote(text: string, from: number, escapes: boolean): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    if (escapes && text[at] === "\\") at += 1;
    else if (text[at] === "'") return at + 1;
  }
  return undefined;
}

function readHeredocStart(text: string, at: number, pending: Heredoc[]): number {
  HEREDOC.lastIndex = at;
  const match = HEREDOC.exec(text);
  if (!match) return at + 2;
  const word = match[2] as string;
  pending.push({
    delimiter: word.replace(/['"\\]/g, ""),
    quoted: /['"\\]/.test(word),
    stripTabs: match[1] === "-",
  });
  return at + match[0].length;
}

/** Offset after the bodies of all pending here-documents, or the context when the text ends inside one. */
function skipHeredocs(text: string, from: number, pending: Heredoc[]): number | ShellContext {
  let at = from;
  for (let heredoc = pending.shift(); heredoc; heredoc = pending.shift()) {
    let closed = false;
    while (!closed) {
      const newline = text.indexOf("\n", at);
      if (newline === -1) return heredoc.quoted ? "heredoc-quoted" : "heredoc";
      const line = text.slice(at, newline);
      closed = (heredoc.stripTabs ? line.replace(/^\t+/, "") : line) === heredoc.delimiter;
      at = newline + 1;
    }
  }
  return at;
}
