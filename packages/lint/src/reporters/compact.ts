import { placed } from "../placed.js";
import { defineReporter } from "../reporter.js";

export default defineReporter({
  name: "compact",
  summary: "one line per finding: file:line:column: severity: message [code]",
  render(result, { cwd }) {
    return result.diagnostics
      .map((diagnostic) => {
        const { file, line, column } = placed(diagnostic, cwd);
        const place = file === "" ? "" : `${file}:${line}:${column}: `;
        return `${place}${diagnostic.severity}: ${diagnostic.message} [${diagnostic.code}]\n`;
      })
      .join("");
  },
});
