import { expect, it } from "vitest";
import { type ExampleTree, lint, lintImageFile, type Rule, rules } from "../src/index.js";
import { exampleCatalog, exampleImageFiles } from "./example-elements.js";

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
