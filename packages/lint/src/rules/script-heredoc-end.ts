import { defineRule } from "../rule.js";
import { shellFiles } from "../shell-files.js";

export default defineRule({
  id: "script-heredoc-end",
  summary: "here-documents end where they seem to",
  why: "The line that ends a here-document must be the delimiter alone. With blanks around it the text goes on, and the commands after it become part of the file that is written.",
  upstream: "The script is run by bash, which warns at most that the here-document ends with the file.",
  fix: "Put the delimiter at the beginning of a line of its own; with `<<-` only tabs may stand before it.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\ncat > /etc/web <<EOF\nroot /srv\n    EOF\nsystemctl enable web\n",
    },
    good: {
      "web/install.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\ncat > /etc/web <<EOF\nroot /srv\nEOF\nsystemctl enable web\n",
    },
  },
  *check(context) {
    for (const file of shellFiles(context)) {
      const { text } = file.source;
      for (const { delimiter, start, end, ended, almost, opening } of file.shell.heredocs) {
        if (!/^[\w.!@%+-]+$/.test(delimiter)) continue;
        // A text may have such a line, unless another here-document begins after it.
        const swallowed = almost !== undefined && text.slice(almost.end, end).includes("<<");
        if (ended && !swallowed) continue;
        const carriage = almost !== undefined && text.slice(almost.start, almost.end) === `${delimiter}\r`;
        yield {
          ...(almost === undefined && text.slice(start, end).trim() === "" && { severity: "warning" as const }),
          message:
            almost === undefined
              ? `no line "${delimiter}" ends the here-document, so the rest of the script is its text`
              : carriage
                ? `the line "${delimiter}" has a carriage return, so the rest of the script is text of the here-document`
                : `the line "${text.slice(almost.start, almost.end)}" does not end the here-document, so the rest of the script is its text`,
          help: carriage ? "write the script with line ends of Unix" : `write "${delimiter}" alone on a line`,
          location: file.at(almost ?? opening),
        };
      }
    }
  },
});
