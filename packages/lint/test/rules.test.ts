import { spawnSync } from "node:child_process";
import type { SourceText } from "@dibkit/model";
import { expect, it } from "vitest";
import { rules, type SyntaxVerdict } from "../src/index.js";
import { exampleProblems } from "../src/testing/index.js";

/** The real compiler, on each text by itself. */
async function pythonVerdicts(sources: readonly SourceText[]): Promise<ReadonlyMap<SourceText, SyntaxVerdict>> {
  const program = "import ast, sys; ast.parse(sys.stdin.read())";
  return new Map(
    sources.map((source) => {
      const { status } = spawnSync("python3", ["-c", program], { input: source.text });
      return [source, { valid: status === 0 }];
    }),
  );
}

it.each(rules.map((rule) => [rule.id, rule] as const))("%s", async (_id, rule) => {
  expect(await exampleProblems(rule, { tools: { pythonVerdicts } })).toEqual([]);
});

it("has a stable id for each rule", () => {
  expect(rules.map((rule) => rule.id)).toEqual([...new Set(rules.map((rule) => rule.id))]);
  for (const rule of rules) expect(rule.id).toMatch(/^[a-z]+(-[a-z]+)+$/);
});
