import { afterAll, beforeAll, expect, test } from "vitest";
import { scratchProject } from "../../cli/test/lint/scratch-project.js";
import { runCli } from "../../cli/test/run-cli.js";
import { PROBLEM_MATCHERS } from "../src/tasks.js";
import { contributes, type ProblemPattern } from "./manifest.js";

const project = scratchProject();
beforeAll(() => {
  project.write("elements/web/README.rst", "===\nweb\n===\nServes.\n");
  project.write("elements/web/element-deps", "site-bsae\n");
  project.write("elements/web/install.d/50-web", "#!/bin/bash\nset -eu\nset -o pipefail\nwhich nginx\n", 0o644);
  project.write("elements/web/install.d/60-empty", "", 0o644);
  project.write("elements/site-base/README.rst", "=========\nsite-base\n=========\nIs there.\n");
});
afterAll(() => project.clear());

interface Problem {
  readonly severity: string | undefined;
  readonly message: string | undefined;
  readonly code: string | undefined;
  readonly file: string | undefined;
  readonly at: string;
}

/** What an editor takes from a text: each pattern of a matcher has to match the line after the one before. */
function problems(text: string): readonly Problem[] {
  const lines = text.split("\n");
  return contributes.problemPatterns.flatMap(({ patterns }) =>
    lines.flatMap((_, first) => {
      const matches = patterns.map(({ regexp }, index) => new RegExp(regexp).exec(lines[first + index] ?? ""));
      if (matches.some((match) => match === null)) return [];
      const of = (name: keyof ProblemPattern) =>
        patterns.map((pattern, index) => matches[index]?.[Number(pattern[name])]).find((value) => value !== undefined);
      const at = patterns[0]?.kind === "file" ? "file" : `${of("line")}:${of("column")}`;
      return [{ severity: of("severity"), message: of("message"), code: of("code"), file: of("file"), at }];
    }),
  );
}

test("every finding that dibkit lint prints becomes a problem at its place, once", async () => {
  const { stdout } = await project.lint(
    "--format=pretty",
    "--output-file=-",
    "--format=json",
    "--output-file=found.json",
  );
  const { diagnostics } = JSON.parse(project.read("found.json")) as {
    readonly diagnostics: readonly Record<string, string | number>[];
  };
  const shown = diagnostics.filter(({ severity }) => severity !== "info");
  expect(shown.map(({ code }) => code)).toEqual(
    expect.arrayContaining(["deps-known", "script-executable", "script-which"]),
  );
  const expected = shown.map(({ severity, message, code, file, line, column }) => {
    const isEmpty = file === "elements/web/install.d/60-empty";
    return { severity, message, code, file, at: isEmpty ? "file" : `${line}:${column}` };
  });
  const byText = (one: object, other: object) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);
  expect([...problems(stdout)].sort(byText)).toEqual(expected.sort(byText));
  // Both kinds are in it, or the test would not try both patterns.
  expect(new Set(expected.map(({ at }) => at === "file"))).toEqual(new Set([true, false]));
});

test("a fault in a TypeScript element that dibkit compile prints becomes a problem too", async () => {
  project.write(
    "broken.ts",
    'import { defineElement } from "@dibkit/model";\nexport const broken = defineElement("broken", { summary: 1 });\n',
  );
  const { stdout, stderr } = await runCli(["compile", "broken.ts"], { cwd: project.root });
  expect(problems(stdout + stderr)).toEqual([
    expect.objectContaining({ severity: "error", file: "broken.ts", at: expect.stringMatching(/^2:\d+$/) }),
  ]);
});

test("tasks name the matchers that the manifest has", () => {
  expect(contributes.problemMatchers.map(({ name }) => `$${name}`)).toEqual(PROBLEM_MATCHERS);
  const patterns = contributes.problemPatterns.map(({ name }) => `$${name}`);
  expect(contributes.problemMatchers.map(({ pattern }) => pattern)).toEqual(patterns);
});
