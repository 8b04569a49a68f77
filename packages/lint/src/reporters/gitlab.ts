import type { Severity } from "@dibkit/model";
import { fingerprint } from "../fingerprint.js";
import { placed } from "../placed.js";
import { defineReporter } from "../reporter.js";

const SEVERITY: Readonly<Record<Severity, string>> = { error: "major", warning: "minor", info: "info" };

export default defineReporter({
  name: "gitlab",
  summary: "GitLab code quality report",
  render(result, { cwd }) {
    const seen = new Map<string, number>();
    const issues = result.diagnostics.map((diagnostic) => {
      const { file, line, endLine } = placed(diagnostic, cwd);
      return {
        description: diagnostic.message,
        check_name: diagnostic.code,
        fingerprint: fingerprint(diagnostic, cwd, seen),
        severity: SEVERITY[diagnostic.severity],
        location: { path: file === "" ? "." : file, lines: { begin: line, end: endLine } },
      };
    });
    return `${JSON.stringify(issues, null, 2)}\n`;
  },
});
