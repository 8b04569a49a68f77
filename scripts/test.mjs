// Set-up, then every check and every test. The last line of numbers sums all vitest projects.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, setup } from "./setup.mjs";

setup({ tests: true });

const checks = [
  ["npx", "biome", "check", "."],
  ["npx", "tsc", "-p", "tsconfig.test.json"],
];
const failures = [];
for (const [command, ...args] of checks) {
  if (run(command, args, { allowFailure: true }).status !== 0) failures.push(args.join(" "));
}

const reports = mkdtempSync(join(tmpdir(), "dibkit-test-"));
const sum = { passed: 0, failed: 0, skipped: 0 };
for (const project of ["fast", "root", "e2e"]) {
  const report = join(reports, `${project}.json`);
  const args = ["vitest", "run", "--project", project, "--reporter=default", "--reporter=json"];
  const { status } = run("npx", [...args, `--outputFile.json=${report}`], { allowFailure: true });
  const before = sum.failed;
  count(report);
  if (status !== 0) failures.push(`vitest project ${project}`);
  if (status !== 0 && sum.failed === before) sum.failed += 1;
}
rmSync(reports, { recursive: true });

console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
for (const failure of failures) console.error(`failed: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;

function count(path) {
  const report = JSON.parse(readFileSync(path, "utf8"));
  sum.passed += report.numPassedTests;
  sum.failed += report.numFailedTests;
  sum.skipped += report.numPendingTests + report.numTodoTests;
  // A test file that could not even be loaded holds no test, but it failed.
  sum.failed += report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
}
