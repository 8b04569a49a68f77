import type { ShellContext } from "./shell-context.js";

const PLAIN_WORD = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A string as one shell word: bare when nothing in it is special, else in single quotes. */
export function shellQuote(text: string): string {
  if (PLAIN_WORD.test(text) && !/^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A string as it must be written at a place of a script so that the shell reads exactly that string. */
export function quoteFor(context: ShellContext, text: string): string {
  switch (context) {
    case "word":
      return shellQuote(text);
    case "double":
      return text.replace(/[\\"$`]/g, "\\$&");
    case "single":
      return text.replaceAll("'", "'\\''");
    case "ansi":
      return text.replace(/[\\']/g, "\\$&");
    case "heredoc":
      return text.replace(/[\\$`]/g, "\\$&");
    case "heredoc-quoted":
      return text;
    case "comment":
      return text.replace(/\s*\n\s*/g, " ");
  }
}
