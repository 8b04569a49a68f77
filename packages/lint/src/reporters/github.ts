import type { Severity } from "@dibkit/model";
import { placed } from "../placed.js";
import { defineReporter } from "../reporter.js";

const COMMAND: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };

export default defineReporter({
  name: "github",
  summary: "workflow commands that GitHub shows at the changed lines",
  render(result, { cwd }) {
    return result.diagnostics
      .map((diagnostic) => {
        const { file, line, column, endLine, endColumn } = placed(diagnostic, cwd);
        const properties = [
          ...(file === "" ? [] : [`file=${property(file)}`, `line=${line}`, `endLine=${endLine}`]),
          // GitHub takes columns only when the place is on one line.
          ...(file === "" || line !== endLine ? [] : [`col=${column}`, `endColumn=${endColumn}`]),
          `title=${property(diagnostic.code)}`,
        ];
        const text = diagnostic.help === undefined ? diagnostic.message : `${diagnostic.message}\n${diagnostic.help}`;
        return `::${COMMAND[diagnostic.severity]} ${properties.join(",")}::${data(text)}\n`;
      })
      .join("");
  },
});

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
