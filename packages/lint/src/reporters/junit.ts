import type { Diagnostic } from "@dibkit/model";
import { placed, shownPath } from "../placed.js";
import { defineReporter } from "../reporter.js";
import { xmlText } from "../xml-text.js";

export default defineReporter({
  name: "junit",
  summary: "JUnit XML: one suite per file, one test per finding, and a passed one for each file without",
  render(result, { cwd }) {
    const byFile = new Map<string, Diagnostic[]>();
    for (const diagnostic of result.diagnostics) {
      const file = placed(diagnostic, cwd).file || "(no file)";
      const known = byFile.get(file);
      if (known) known.push(diagnostic);
      else byFile.set(file, [diagnostic]);
    }
    const suites = [...byFile].map(([file, diagnostics]) => suite(file, diagnostics, cwd));
    const clean = result.checkedFiles.map((path) => shownPath(path, cwd)).filter((file) => !byFile.has(file));
    for (const file of clean) suites.push(passed(file));
    // A report without a single test counts as a mistake on many servers.
    if (suites.length === 0)
      suites.push(
        '  <testsuite name="dibkit" tests="1" failures="0">\n    <testcase name="no findings" classname="dibkit"/>\n  </testsuite>\n',
      );
    const failures = result.diagnostics.filter(isFailed).length;
    const tests = Math.max(1, result.diagnostics.length + clean.length);
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="dibkit" tests="${tests}" failures="${failures}">\n${suites.join("")}</testsuites>\n`;
  },
});

function passed(file: string): string {
  const name = xmlText(file);
  return `  <testsuite name="${name}" tests="1" failures="0">\n    <testcase name="no findings" classname="${name}"/>\n  </testsuite>\n`;
}

/** What is only worth knowing fails no test. */
function isFailed(diagnostic: Diagnostic): boolean {
  return diagnostic.severity !== "info";
}

function suite(file: string, diagnostics: readonly Diagnostic[], cwd: string): string {
  const cases = diagnostics.map((diagnostic) => {
    const { line, column } = placed(diagnostic, cwd);
    const name = xmlText(`${diagnostic.code} ${line}:${column}`);
    const open = `    <testcase name="${name}" classname="${xmlText(file)}"`;
    if (!isFailed(diagnostic))
      return `${open}>\n      <system-out>${xmlText(diagnostic.message)}</system-out>\n    </testcase>\n`;
    const text = `${file}:${line}:${column}${diagnostic.help ? `\n${diagnostic.help}` : ""}`;
    return `${open}>\n      <failure type="${diagnostic.severity}" message="${xmlText(diagnostic.message)}">${xmlText(text)}</failure>\n    </testcase>\n`;
  });
  const failures = diagnostics.filter(isFailed).length;
  return `  <testsuite name="${xmlText(file)}" tests="${diagnostics.length}" failures="${failures}">\n${cases.join("")}  </testsuite>\n`;
}
