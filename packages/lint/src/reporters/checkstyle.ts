import type { Diagnostic } from "@dibkit/model";
import { placed } from "../placed.js";
import { defineReporter } from "../reporter.js";
import { xmlText } from "../xml-text.js";

export default defineReporter({
  name: "checkstyle",
  summary: "Checkstyle XML, which most CI servers read",
  render(result, { cwd }) {
    const byFile = new Map<string, Diagnostic[]>();
    for (const diagnostic of result.diagnostics) {
      const { file } = placed(diagnostic, cwd);
      const known = byFile.get(file);
      if (known) known.push(diagnostic);
      else byFile.set(file, [diagnostic]);
    }
    const files = [...byFile].map(([file, diagnostics]) => {
      const errors = diagnostics.map((diagnostic) => {
        const { line, column } = placed(diagnostic, cwd);
        const { severity, message, code } = diagnostic;
        return `    <error line="${line}" column="${column}" severity="${severity}" message="${xmlText(message)}" source="dibkit.${xmlText(code)}"/>\n`;
      });
      return `  <file name="${xmlText(file)}">\n${errors.join("")}  </file>\n`;
    });
    return `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n${files.join("")}</checkstyle>\n`;
  },
});
