import { resolve as resolvePath } from "node:path";
import type { BuildOptionValues } from "../building/build-options.js";
import type { ExitCode } from "../command.js";
import { count } from "../count.js";
import { openProject, type Project } from "../project/open-project.js";
import { reportFailure } from "../report-failure.js";
import { type Terminal, usageFailure } from "../terminal.js";
import { writeWhole } from "../write-whole.js";
import { type ElementTest, ownElements, testsOf } from "./element-tests.js";
import type { TestResult } from "./test-result.js";

export interface TestOptions {
  readonly list: boolean;
  readonly junit: string | undefined;
  readonly verbose: boolean;
  readonly project: string | undefined;
  readonly typecheck: boolean;
  /** Flags of the builds. */
  readonly flags: Partial<BuildOptionValues> & Pick<BuildOptionValues, "elementsPath">;
}

/** Runs the tests that words name, all of the project without words, and says which have failed. */
export async function testProject(
  terminal: Terminal,
  words: readonly string[],
  options: TestOptions,
): Promise<ExitCode> {
  const { flags, typecheck } = options;
  const opened = await openProject(terminal, { elementsPath: flags.elementsPath, project: options.project, typecheck });
  if (!opened.ok) return reportFailure(terminal, opened.error);
  const project = opened.value;
  const files = words.filter(isFile);
  const chosen = chooseTests(project, words, options, terminal.cwd);
  if ("wrong" in chosen) return usageFailure(terminal, chosen.wrong, chosen.help);
  if (options.list) {
    terminal.stdout.write(chosen.tests.map(({ name }) => `${name}\n`).join(""));
    if (chosen.tests.length === 0) terminal.stderr.write("no element of the project has test-elements\n");
    return 0;
  }
  const { findVitest, runVitest } = await import("./run-vitest.js");
  const vitest = words.length === 0 || files.length > 0 ? findVitest(project.root) : undefined;
  if (vitest === undefined && (files.length > 0 || chosen.tests.length === 0)) return nothingToRun(terminal, files);
  const results = await runTests(terminal, project, chosen.tests, options);
  const run =
    vitest === undefined || terminal.signal.aborted
      ? undefined
      : await runVitest(terminal, vitest, project.root, files);
  const written = await writeReport(terminal, options.junit, results, run?.junit);
  const endings = [...results, ...(run === undefined ? [] : [run])].map(({ ending }) => ending);
  if (terminal.signal.aborted || endings.includes("interrupted")) return 130;
  if (!written) return 2;
  return endings.includes("failed") ? 1 : 0;
}

/** What has a slash may be both: a test is looked for first. */
const isFile = (word: string) => /\.[cm]?[jt]sx?$/.test(word);

type Choice = { readonly tests: readonly ElementTest[] } | { readonly wrong: string; readonly help: string };

function chooseTests(project: Project, words: readonly string[], { flags }: TestOptions, cwd: string): Choice {
  if (words.length === 0) return checked(ownElements(project, flags.elementsPath, cwd).flatMap(testsOf));
  const tests: ElementTest[] = [];
  for (const word of words.filter((one) => !isFile(one))) {
    const [name = "", test] = word.split("/");
    const element = project.catalog.elements.get(name);
    const help = 'see "dibkit test --list", and name directories of elements with --elements-path';
    if (element === undefined) return { wrong: `there is no element "${name}" to test`, help };
    const all = testsOf(element);
    const found = test === undefined ? all : all.filter((one) => one.test.name === test);
    const known = all.length === 0 ? "none" : all.map((one) => `"${one.test.name}"`).join(", ");
    const what = test === undefined ? "no test" : `no test "${test}"`;
    if (found.length === 0) return { wrong: `element "${name}" has ${what}, but ${known}`, help };
    tests.push(...found);
  }
  return checked(tests);
}

function checked(tests: readonly ElementTest[]): Choice {
  const odd = tests.find(({ kind }) => kind !== "disk" && kind !== "ramdisk");
  if (odd === undefined) return { tests };
  const wrong = `"${odd.test.root}/element-type" says "${odd.kind}", expected "disk" or "ramdisk"`;
  return { wrong, help: "correct it, or remove the file for a disk" };
}

function nothingToRun(terminal: Terminal, files: readonly string[]): ExitCode {
  const help = 'install it with "npm install --save-dev vitest"';
  if (files.length > 0)
    return usageFailure(terminal, `"${files[0]}" needs Vitest, which the project does not have`, help);
  const message = "there is nothing to test: no element of the project has test-elements, and it has no Vitest";
  return usageFailure(terminal, message, "write a test element below ELEMENT/test-elements, or install vitest");
}

async function runTests(
  terminal: Terminal,
  project: Project,
  tests: readonly ElementTest[],
  { flags, verbose }: TestOptions,
): Promise<readonly TestResult[]> {
  if (tests.length === 0) return [];
  const { runElementTest } = await import("./run-element-test.js");
  const results: TestResult[] = [];
  const told = new Set<string>();
  for (const test of tests) {
    if (terminal.signal.aborted) break;
    const result = await runElementTest(terminal, project, test, { flags, verbose, told });
    results.push(result);
    const why = result.message === undefined ? "" : `: ${result.message}`;
    terminal.stdout.write(`${WORDS[result.ending]}: ${result.name} (${result.seconds.toFixed(1)} s)${why}\n`);
  }
  const failed = results.filter(({ ending }) => ending === "failed").length;
  terminal.stderr.write(`${count(results.length, "test")} of elements, ${failed === 0 ? "none" : failed} failed\n`);
  return results;
}

const WORDS = { passed: "pass", failed: "fail", interrupted: "interrupted" } as const;

/** False when the report could not be written, which is then told. */
async function writeReport(
  terminal: Terminal,
  path: string | undefined,
  results: readonly TestResult[],
  other: string | undefined,
): Promise<boolean> {
  if (path === undefined) return true;
  const { junitReport } = await import("./junit-report.js");
  const named = { what: "the report", option: "--junit" };
  return writeWhole(terminal, resolvePath(terminal.cwd, path), junitReport(results, other), named);
}
