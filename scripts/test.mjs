// Set-up, then every check beside every test. The last line of numbers sums all vitest projects.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository, setup } from "./setup.mjs";

setup({ tests: true });

const checks = [
  ["npx", "biome", "check", "."],
  ["npx", "tsc", "-p", "tsconfig.test.json"],
  ["npx", "tsc", "-p", "tsconfig.pages.json"],
];
const failures = [];
const checked = checkAll();
const sum = await test();
await checked;

console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
for (const failure of failures) console.error(`failed: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** The checks one after the other, each printed when it has ended; the tests come first where the machine is short. */
async function checkAll() {
  for (const words of checks) {
    const { status, output } = await start(["nice", ...words], "pipe");
    console.log(`\n$ ${words.join(" ")}\n${output}`);
    if (status !== 0) failures.push(words.slice(1).join(" "));
  }
}

/** One run over all projects, so that what waits overlaps what computes. */
async function test() {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-test-"));
  const report = join(directory, "report.json");
  const reporters = ["default", "json", "./scripts/slowest-reporter.mjs"].map((name) => `--reporter=${name}`);
  const words = ["npx", "vitest", "run", ...reporters, `--outputFile.json=${report}`];
  console.log(`\n$ ${words.join(" ")}`);
  const { status } = await start(words, "inherit");
  const counted = existsSync(report) ? count(JSON.parse(readFileSync(report, "utf8"))) : undefined;
  rmSync(directory, { recursive: true });
  if (status !== 0) failures.push("vitest run");
  // A run that broke off has no report, and what went wrong outside of tests is in none.
  const { passed, failed, skipped } = counted ?? { passed: 0, failed: 0, skipped: 0 };
  return { passed, failed: status !== 0 && failed === 0 ? 1 : failed, skipped };
}

function count(report) {
  // A test file that could not even be loaded holds no test, but it failed.
  const broken = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Runs a command here; resolves when it has ended. */
function start([command, ...args], output) {
  const child = spawn(command, args, { cwd: repository, stdio: ["inherit", output, output] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (data) => (text += data));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ status: 1, output: `${error.message}\n` }));
    child.on("close", (status) => resolve({ status: status ?? 1, output: text }));
  });
}
