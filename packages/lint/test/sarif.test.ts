import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Catalog } from "@dibkit/model";
import { expect, it } from "vitest";
import { lint, reporters, rules } from "../src/index.js";
import { exampleCatalog } from "../src/testing/example-elements.js";

const { default: Ajv } = createRequire(import.meta.url)("ajv-draft-04") as typeof import("ajv-draft-04");
const schema = JSON.parse(readFileSync(new URL("fixtures/sarif-2.1.0-rtm.5.json", import.meta.url), "utf8"));
const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

async function sarif(catalog: Catalog): Promise<unknown> {
  const result = await lint({
    catalog,
    elements: [...catalog.elements.values()],
    configuration: { preset: "all", images: [{ name: "none", elements: ["nowhere"] }] },
  });
  expect(result.diagnostics.length).toBeGreaterThan(0);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const reporter = reporters.find(({ name }) => name === "sarif");
  return JSON.parse(reporter?.render(result, { cwd: "/elements", color: false, version: "1.0.0", rules: byId }) ?? "");
}

const everyBadExample = Object.assign({}, ...rules.map((rule) => prefixed(rule.id, rule.examples.bad)));

function prefixed(id: string, tree: (typeof rules)[number]["examples"]["bad"]) {
  return Object.fromEntries(Object.entries(tree).map(([path, file]) => [`${id}-${path}`, file]));
}

it("is valid SARIF 2.1.0 for what every rule finds", async () => {
  const catalog = exampleCatalog({ ...everyBadExample, "odd/install.d/new\nline\uDC80": "#!/bin/sh" });
  if (!isSarif(await sarif(catalog))) expect(isSarif.errors).toEqual([]);
});
