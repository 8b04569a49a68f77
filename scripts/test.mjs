// Set-up, then every check beside every test. The last line of numbers sums all vitest projects.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository, setup } from "./setup.mjs";
import { NEEDED, openScratch } from "./test-scratch.mjs";

setup({ tests: true });

const scratch = openScratch();
if (scratch.free < NEEDED) {
  console.error(
    `warning: ${inGiB(scratch.free)} are free in ${scratch.directory}, and all tests together need ${NEEDED} GiB: free some, or set TMPDIR to a directory of a larger disk`,
  );
}
const children = new Set();
let ended;
// A Ctrl-C reaches the children by itself; what they leave is removed when they have ended.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    ended = signal;
    if (signal !== "SIGINT") for (const child of children) child.kill(signal);
  });
}

const checks = [
  ["npx", "biome", "check", "."],
  ["npx", "tsc", "-p", "tsconfig.test.json"],
  ["npx", "tsc", "-p", "tsconfig.pages.json"],
];
const failures = [];
const checked = checkAll();
const sum = await test();
await checked;
const used = scratch.used();
scratch.close();

console.log(`\nThe tests have filled up to ${inGiB(used)} of the disk.`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
for (const failure of failures) console.error(`failed: ${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
if (ended !== undefined) {
  process.removeAllListeners(ended);
  process.kill(process.pid, ended);
}

function inGiB(size) {
  return `${size.toFixed(1)} GiB`;
}

/** The checks one after the other, each printed when it has ended; the tests come first where the machine is short. */
async function checkAll() {
  for (const words of checks) {
    if (ended !== undefined) return;
    const { status, output } = await start(["nice", ...words], "pipe");
    console.log(`\n$ ${words.join(" ")}\n${output}`);
    if (status !== 0) failures.push(words.slice(1).join(" "));
  }
}

/** One run over all projects, so that what waits overlaps what computes. */
async function test() {
  const report = join(scratch.directory, "report.json");
  const reporters = ["default", "json", "./scripts/slowest-reporter.mjs"].map((name) => `--reporter=${name}`);
  const words = ["npx", "vitest", "run", ...reporters, `--outputFile.json=${report}`];
  console.log(`\n$ ${words.join(" ")}`);
  const { status } = await start(words, "inherit");
  const counted = existsSync(report) ? count(JSON.parse(readFileSync(report, "utf8"))) : undefined;
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
  const env = { ...process.env, TMPDIR: scratch.directory };
  const child = spawn(command, args, { cwd: repository, env, stdio: ["inherit", output, output] });
  children.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (data) => (text += data));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ status: 1, output: `${error.message}\n` }));
    child.on("close", (status) => {
      children.delete(child);
      resolve({ status: status ?? 1, output: text });
    });
  });
}
