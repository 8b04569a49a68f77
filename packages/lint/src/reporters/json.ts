import { placed } from "../placed.js";
import { defineReporter } from "../reporter.js";
import { countsOf } from "../summary.js";

export default defineReporter({
  name: "json",
  summary: "one JSON object with every finding, for programs",
  render(result, { cwd }) {
    const diagnostics = result.diagnostics.map((diagnostic) => ({
      code: diagnostic.code,
      severity: diagnostic.severity,
      message: diagnostic.message,
      ...(diagnostic.help !== undefined && { help: diagnostic.help }),
      ...(diagnostic.element !== undefined && { element: diagnostic.element }),
      ...placed(diagnostic, cwd),
      fixable: diagnostic.fix !== undefined,
      ...(diagnostic.related?.length && {
        related: diagnostic.related.map((other) => ({ message: other.message, ...placed(other, cwd) })),
      }),
    }));
    const summary = {
      ...countsOf(result),
      files: result.files,
      elements: result.elements,
      suppressed: result.suppressed,
    };
    return `${JSON.stringify({ version: 1, diagnostics, summary }, null, 2)}\n`;
  },
});
