import type { Heredoc, ShellScript } from "@dibkit/shell";
import { defineRule } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

/** `$1`, `${1…}`, `$@` … where no backslash takes the meaning. */
const PARAMETER = /(?<!\\)(?:\\\\)*(\$(?:[0-9@*#?!]|\$(?![A-Za-z_{(])|\{(?:[0-9]+|[@*])[^}]*\}))/g;

export default defineRule({
  id: "script-heredoc-expands",
  summary: "scripts in here-documents keep their own parameters",
  why: "In a here-document whose delimiter is not quoted the shell that writes it fills in `$1`, `$@` and `$0`: `set -u` then ends the build, or the written script holds the name of the hook script.",
  upstream: "Hook scripts are run without arguments.",
  fix: "Quote the delimiter (`<<'EOF'`), or write a backslash before the `$`.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\ncat > /usr/local/bin/web <<EOF\n#!/bin/bash\necho $1\nEOF\n",
    },
    good: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\ncat > /usr/local/bin/web <<'EOF'\n#!/bin/bash\necho $1\nEOF\n",
    },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      const { shell } = file;
      if (shell.heredocs.length === 0 || hasParameters(shell)) continue;
      for (const heredoc of shell.heredocs) {
        // A function has parameters of its own.
        if (heredoc.quoted || heredoc.context.function !== undefined) continue;
        yield* parameters(file, heredoc);
        yield* ownVariables(file, heredoc);
      }
    }
  },
});

/** `set -- a b` and `shift`: the script has parameters after all. */
function hasParameters({ commands }: ShellScript): boolean {
  return commands.some(({ name, args }) => {
    const [first] = args;
    const operands = name?.literal === "set" && first !== undefined && !/^[-+][a-zA-Z]/.test(first.prefix);
    return name?.literal === "shift" || operands;
  });
}

function* parameters(file: ScriptFile, { start, end }: Heredoc) {
  const { text } = file.source;
  const body = text.slice(start, end);
  for (const match of body.matchAll(PARAMETER)) {
    const written = match[1] as string;
    const at = start + match.index + match[0].length - written.length;
    const line = text.slice(text.lastIndexOf("\n", at) + 1, text.indexOf("\n", at));
    // `# written by $0` means the script that writes; only a program has parameters, a text may speak of prices.
    if (/^\s*[#;]/.test(line) || (/[0-9]/.test(written) && /^\d*[.,]\d/.test(text.slice(at + 2)))) continue;
    const fails = /[1-9]/.test(written);
    yield {
      message: fails
        ? `"${written}" in the here-document is one of this script, which has none, so \`set -u\` ends the build`
        : `"${written}" in the here-document expands while the image is built`,
      help: `quote the delimiter, or write "\\${written}"`,
      location: file.at({ start: at, end: at + written.length }),
    };
    return;
  }
}

/** `for i in …; do echo $i` inside the text: its variables are meant to be read later. */
function* ownVariables(file: ScriptFile, { start, end }: Heredoc) {
  const { text } = file.source;
  const body = text.slice(start, end);
  if (!/^#!/.test(body.trimStart())) return;
  const inside = new Set(
    [
      ...body.matchAll(
        /^[ \t]*(?:(?:export|local|readonly|declare)[ \t]+)?([A-Za-z_]\w*)=|\bfor[ \t]+([A-Za-z_]\w*)[ \t]+in\b|\bread[ \t]+(?:-r[ \t]+)?([A-Za-z_]\w*)/gm,
      ),
    ].map((match) => (match[1] ?? match[2] ?? match[3]) as string),
  );
  const outside = new Set(
    file.shell.assignments.filter((made) => made.start < start || made.start >= end).map(({ name }) => name),
  );
  const lower = (name: string) => inside.has(name) && !outside.has(name) && /[a-z]/.test(name);
  const read = file.shell.reads.find(
    (one) => one.start >= start && one.end <= end && one.kind === "plain" && lower(one.name),
  );
  if (read === undefined) return;
  yield {
    message: `"${read.name}" is set in the here-document only, but expands while the image is built`,
    help: `quote the delimiter, or write "\\$${read.name}"`,
    location: file.at(read),
  };
}
