import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-debug-trace",
  summary: "bash scripts trace their commands when DIB_DEBUG_TRACE asks for it",
  why: "Whoever debugs a build sets DIB_DEBUG_TRACE=1 and expects every script to show its commands.",
  upstream: "dib-lint wants the name DIB_DEBUG_TRACE in every file whose first line is #!/bin/bash.",
  fix: "Begin the script with `if [ ${DIB_DEBUG_TRACE:-0} -gt 0 ]; then set -x; fi`.",
  severity: "info",
  since: "0.1.0",
  style: true,
  dibLint: ["dibdebugtrace"],
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n" },
    good: {
      "web/install.d/50-web":
        "#!/bin/bash\nif [ ${DIB_DEBUG_TRACE:-0} -gt 0 ]; then\n    set -x\nfi\nset -eu\nset -o pipefail\n",
    },
  },
  *check({ shellScripts, hookScripts }) {
    for (const file of new Set([...shellScripts, ...hookScripts])) {
      // A hook script without a first line is run by bash.
      if ((file.language ?? "bash") !== "bash" || file.source.text.includes("DIB_DEBUG_TRACE")) continue;
      const newline = file.shebang === undefined ? -1 : file.source.text.indexOf("\n") + 1;
      const start = newline === -1 ? 0 : newline === 0 ? file.source.text.length : newline;
      const lead = newline === 0 ? "\n" : "";
      yield {
        message: `${file.path} does not look at DIB_DEBUG_TRACE`,
        help: 'add "if [ ${DIB_DEBUG_TRACE:-0} -gt 0 ]; then set -x; fi"',
        location: file.at({ start: 0, end: file.shebang?.length ?? 0 }),
        fix: {
          title: "trace when DIB_DEBUG_TRACE asks for it",
          // A program of the image would look at a variable that is only there while images are built.
          safe: hookScripts.includes(file),
          edits: [
            {
              kind: "replace",
              path: file.source.path,
              start,
              end: start,
              text: `${lead}if [ \${DIB_DEBUG_TRACE:-0} -gt 0 ]; then\n    set -x\nfi\n`,
            },
          ],
        },
      };
    }
  },
});
