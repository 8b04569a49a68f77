import { spawnSync } from "node:child_process";
import type { SourceText } from "@dibkit/model";
import { expect, it } from "vitest";
import { type ExampleTree, lint, lintImageFile, type Rule, rules, type SyntaxVerdict } from "../src/index.js";
import { exampleCatalog, exampleImageFiles } from "./example-elements.js";

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

async function codes(rule: Rule, tree: ExampleTree) {
  const catalog = exampleCatalog(tree, rule.examples.later);
  const { image } = rule.examples;
  const { diagnostics } = await lint({
    catalog,
    elements: [...catalog.elements.values()],
    only: [rule.id],
    diagnostics: exampleImageFiles(tree).flatMap((file) => lintImageFile(file, [rule]).diagnostics),
    configuration: { ...rule.examples.configuration, ...(image && { images: [{ name: "image", elements: image }] }) },
    rules: [rule],
    tools: { pythonVerdicts },
  });
  return diagnostics;
}

it.each(rules.map((rule) => [rule.id, rule] as const))("%s", async (_id, rule) => {
  expect((await codes(rule, rule.examples.good)).map((finding) => finding.message)).toEqual([]);
  const bad = await codes(rule, rule.examples.bad);
  expect(bad.length).toBeGreaterThan(0);
  for (const finding of bad) {
    // Messages are one lower-case sentence without a full stop; names and paths keep their case.
    expect(finding.message).not.toMatch(/\.$|^[A-Z][a-z]|\n|undefined/);
    if (finding.help !== undefined) expect(finding.help).not.toMatch(/\.$|^[A-Z][a-z]|undefined/);
    expect(rule.kind === "graph" || finding.location !== undefined).toBe(true);
  }
});

it("has a stable id, a file of that name and whole texts for each rule", () => {
  expect(rules.map((rule) => rule.id)).toEqual([...new Set(rules.map((rule) => rule.id))]);
  for (const rule of rules) {
    expect(rule.id).toMatch(/^[a-z]+(-[a-z]+)+$/);
    expect(rule.summary).not.toMatch(/\.$|^[A-Z][a-z]/);
    for (const text of [rule.why, rule.upstream, rule.fix]) expect(text).toMatch(/[.`]$/);
  }
});
