import { expect, it } from "vitest";
import { applyBaseline, createBaseline, type LintConfiguration, lint } from "../src/index.js";
import { exampleCatalog } from "../src/testing/example-elements.js";

const SCRIPT = (body: string) => `#!/bin/bash\nset -eu\nset -o pipefail\n${body}`;

async function run(body: string, configuration: LintConfiguration = {}, ignored: readonly string[] = []) {
  const catalog = exampleCatalog({ "web/install.d/50-web": SCRIPT(body) });
  return lint({
    catalog,
    elements: [...catalog.elements.values()],
    configuration,
    base: "/elements",
    ignoredDibLintChecks: ignored,
  });
}
const codes = async (...input: Parameters<typeof run>) => (await run(...input)).diagnostics.map((found) => found.code);

it.each([
  ["which a\n", ["script-which"]],
  ["which a # dibkit: disable=script-which -- only on hosts\n", []],
  ["# dibkit: disable=script-which -- only on hosts\nwhich a\n", []],
  ["# dibkit: disable=script-which -- only the next line\n\nwhich a\n", ["suppression-used", "script-which"]],
  ["which a\n# dibkit: disable-file=script-which -- legacy\n", []],
  ["which a # dibkit: disable=script-which\n", ["suppression-reason"]],
  ["which a # dibkit: disable=* -- all\n", []],
  ["which a # dibkit: disable=script-wich -- typo\n", ["script-which", "suppression-known"]],
  ["# dib-lint: disable=which\nwhich a\n", []],
  ["  # dib-lint: disable=which\nwhich a\n", ["script-which"]],
  ["which a # dib-lint: which\n", []],
])("%j gives %j", async (body, expected) => expect(await codes(body)).toEqual(expected));

it("honours tox.ini, rules, overrides and ignore", async () => {
  expect(await codes("which a\n", {}, ["which"])).toEqual([]);
  expect(await codes("which a\n", { rules: { "script-which": "off" } })).toEqual([]);
  expect((await run("which a\n", { rules: { "script-which": "error" } })).diagnostics[0]?.severity).toBe("error");
  expect(await codes("which a\n", { ignore: ["web/install.d/**"] })).toEqual([]);
  const overrides = [{ files: ["web/**"], rules: { "script-which": "info" as const } }];
  expect((await run("which a\n", { overrides })).diagnostics[0]?.severity).toBe("info");
  expect(await codes("which a\n", { preset: "upstream" })).toEqual([
    "readme-present",
    "script-debug-trace",
    "script-which",
  ]);
});

it("a baseline leaves out what it knows, as often as it knows it, and prunes what is gone", async () => {
  const before = await run("which a\nwhich b\n");
  const baseline = createBaseline(before, "/elements");
  expect(baseline.findings).toEqual([
    {
      file: "web/install.d/50-web",
      code: "script-which",
      message: "`which` is missing from minimal systems",
      count: 2,
    },
  ]);
  const more = applyBaseline(await run("uptime\nwhich a\nwhich b\nwhich c\n"), baseline, "/elements");
  expect(more.result.diagnostics).toHaveLength(1);
  expect(more.pruned).toBe(baseline);
  const fewer = applyBaseline(await run("which a\n"), baseline, "/elements");
  expect(fewer.result.diagnostics).toEqual([]);
  expect(fewer.pruned.findings[0]?.count).toBe(1);
});
