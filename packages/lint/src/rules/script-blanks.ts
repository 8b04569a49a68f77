import { defineRule } from "../rule.js";
import type { ScriptFile } from "../script-file.js";
import { shellFiles } from "../shell-files.js";

interface Slip {
  /** What a text must have at least: most scripts have nothing of it. */
  readonly hint: RegExp;
  readonly pattern: RegExp;
  readonly message: string;
  readonly help: string;
}

/** Where a command may begin. */
const START = String.raw`(?:^[ \t]*|[;&|][ \t]*|\b(?:if|elif|while|until|then|do|else)[ \t]+)(?:![ \t]+)?`;

const SLIPS: readonly Slip[] = [
  {
    hint: /\[(?:["$]|-[a-zA-Z][ \t])/,
    pattern: new RegExp(String.raw`${START}\[\[?(?:["$]|-[a-zA-Z][ \t])[^\n]*\](?=[ \t]*(?:;|&&|\|\||$))`, "gm"),
    message: 'there is no blank after "[", so it is part of the name of a command',
    help: 'write a blank after "["',
  },
  {
    hint: /(?:if|while|until)\[/,
    pattern: /^[ \t]*(?:if|elif|while|until)\[\[?[ \t][^\n]*\]/gm,
    message: 'there is no blank before "[", so it is part of the name of a command',
    help: 'write a blank before "["',
  },
  {
    hint: /[^\s\]$\\[)}"'*?]\][ \t]*(?:;|&&|\|\||\n)|["'})*?]\][ \t]*(?:;|&&|\|\||\n)/,
    pattern: new RegExp(
      String.raw`${START}\[[ \t](?:(?![ \t]\])[^\n;&|])*[^\s\]$\\[]\](?=[ \t]*(?:;|&&|\|\||$))`,
      "gm",
    ),
    message: 'there is no blank before "]", so the test does not end and is never true',
    help: 'write a blank before "]"',
  },
  {
    hint: /\\[ \t]+\n/,
    pattern: /\\[ \t]+(?=\n[ \t]*[^\s#])/g,
    message: "there are blanks after the backslash, so the line does not go on in the next one",
    help: "remove the blanks at the end of the line",
  },
  {
    hint: /[\u201c\u201d\u2018\u2019]/,
    pattern: /(?<=^[^'"#\n]*[\s=(])[\u201c\u201d\u2018\u2019][^\n]*/gm,
    message: "a typographic quote is an ordinary character to the shell",
    help: "write \" or '",
  },
  {
    hint: /-[a-zA-Z][ \t]+\]/,
    pattern: new RegExp(String.raw`${START}\[\[?[ \t]+(?:![ \t]+)?-[nzfdersxLhbcpSgukOGNw][ \t]+\]`, "gm"),
    message: "the test has no operand, so it is always true",
    help: "write what is to be tested",
  },
];

export default defineRule({
  id: "script-blanks",
  summary: "blanks and quotes are where the shell needs them",
  why: '`[ "$A" = b]`, `if[ … ]`, a backslash with a blank after it and typographic quotes are all read by the shell as something else, mostly without an error until the line is run.',
  upstream: "The script is run by bash as it is; `bash -n` accepts most of these.",
  fix: "Put the blank where it is missing, remove it where it is too much.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web": '#!/bin/bash\nset -eu\nset -o pipefail\nif [ "$ARCH" = amd64]; then\n    uptime\nfi\n',
    },
    good: {
      "web/install.d/50-web": '#!/bin/bash\nset -eu\nset -o pipefail\nif [ "$ARCH" = amd64 ]; then\n    uptime\nfi\n',
    },
  },
  *check(context) {
    for (const file of shellFiles(context)) {
      for (const { hint, pattern, message, help } of SLIPS) {
        if (!hint.test(file.source.text)) continue;
        for (const match of file.source.text.matchAll(pattern)) {
          if (!isCode(file, match.index, match[0])) continue;
          const lead = match[0].length - match[0].trimStart().length;
          const start = match.index + (match[0].trim() === "" ? 0 : lead);
          yield { message, help, location: file.at({ start, end: match.index + match[0].length }) };
        }
      }
    }
  },
});

/** Whether a place is neither comment, here-document nor, as far as quotes on the line and before it tell, a string. */
function isCode({ shell, source }: ScriptFile, start: number, written: string): boolean {
  const end = start + written.length;
  const inside = (span: { readonly start: number; readonly end: number }) => start >= span.start && start < span.end;
  if (shell.comments.some(inside) || shell.heredocs.some(inside)) return false;
  const lineStart = source.text.lastIndexOf("\n", start) + 1;
  const before = source.text.slice(lineStart, start).replace(/\\.|'[^']*'|"(?:[^"\\]|\\.)*"/g, "");
  if (/['"]|(^|\s)#/.test(before)) return false;
  // A word of a command that begins before the line and goes beyond it is a string of several lines.
  const words = [
    ...shell.commands.flatMap(({ args }) => args),
    ...shell.assignments.flatMap(({ value }) => (value === undefined ? [] : [value])),
  ];
  return !words.some((word) => word.start < lineStart && word.end > end);
}
