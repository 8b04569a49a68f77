import { xmlText } from "@dibkit/lint";
import type { TestResult } from "./test-result.js";

/** JUnit XML of the tests of elements, one suite for each element, with the suites of another report behind them. */
export function junitReport(results: readonly TestResult[], other: string | undefined): string {
  const elements = [...new Set(results.map(elementOf))];
  const suites = elements.map((element) =>
    suite(
      element,
      results.filter((one) => elementOf(one) === element),
    ),
  );
  const [, attributes = "", body = ""] = /<testsuites([^>]*)>\n?([\s\S]*)<\/testsuites>/.exec(other ?? "") ?? [];
  const more = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
  const failures = results.filter(isFailed).length + more("failures");
  const counts = `tests="${results.length + more("tests")}" failures="${failures}" errors="${more("errors")}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="dibkit test" ${counts}>\n${suites.join("")}${body}</testsuites>\n`;
}

const elementOf = ({ name }: TestResult) => name.split("/")[0] as string;
const isFailed = ({ ending }: TestResult) => ending === "failed";

function suite(element: string, tests: readonly TestResult[]): string {
  const cases = tests.map(({ name, seconds, ending, message = "", tail = [] }) => {
    const open = `    <testcase classname="${xmlText(element)}" name="${xmlText(name)}" time="${seconds.toFixed(3)}"`;
    if (ending === "passed") return `${open}/>\n`;
    if (ending === "interrupted") return `${open}>\n      <skipped message="interrupted"/>\n    </testcase>\n`;
    const text = xmlText(tail.join("\n"));
    return `${open}>\n      <failure message="${xmlText(message)}">${text}</failure>\n    </testcase>\n`;
  });
  const seconds = tests.reduce((sum, one) => sum + one.seconds, 0).toFixed(3);
  const skipped = tests.filter(({ ending }) => ending === "interrupted").length;
  const counts = `tests="${tests.length}" failures="${tests.filter(isFailed).length}" errors="0" skipped="${skipped}"`;
  return `  <testsuite name="${xmlText(element)}" ${counts} time="${seconds}">\n${cases.join("")}  </testsuite>\n`;
}
