import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadCatalog } from "@dibkit/model";
import { afterEach, expect, it } from "vitest";
import { lint, planFixes } from "../src/index.js";
import { exampleCatalog } from "../src/testing/example-elements.js";

// What bench/fuzz-lint.mjs has found: each of these took gigabytes, minutes, or the whole process.
const root = mkdtempSync(join(tmpdir(), "dibkit-hostile-"));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Files of the element "web": a text, a link, or that many bytes of nothing. */
async function lintFiles(files: Readonly<Record<string, string | number | { readonly link: string }>>) {
  for (const [path, content] of Object.entries(files)) {
    const absolute = join(root, "web", path);
    mkdirSync(dirname(absolute), { recursive: true });
    if (typeof content === "object") symlinkSync(content.link, absolute);
    else writeFileSync(absolute, typeof content === "string" ? content : "");
    if (typeof content === "number") truncateSync(absolute, content);
  }
  const catalog = loadCatalog([root]);
  return (await lint({ catalog, elements: [...catalog.elements.values()] })).diagnostics;
}
const tooLarge = (path: string, size: number) =>
  `${path} has ${size} bytes, and control files over 1000000 are not read`;

it.each([
  ["of the element", { "element-deps": 50_000_000 }, "element-deps"],
  ["of a test element", { "test-elements/a/element-deps": 50_000_000 }, "test-elements/a/element-deps"],
  ["reached by a link", { "element-deps": { link: "static/x" }, "static/x": 50_000_000 }, "element-deps"],
  ["sourced before every phase", { "environment.d/10-x": 50_000_000 }, "environment.d/10-x"],
])("a huge control file %s is told of, not read", async (_what, files, path) => {
  const found = await lintFiles(files);
  expect(found.map(({ message }) => message)).toContain(tooLarge(path, 50_000_000));
});

it("a file that no buffer can hold is data", async () => {
  const found = await lintFiles({
    "README.rst": "===\nweb\n===\nx\n",
    "static/disk": 5_000_000_000,
    "install.d/50-x": 5_000_000_000,
  });
  expect(found.map(({ code }) => code)).not.toContain("file-too-large");
});

it("links to files of the kernel are followed by no one", async () => {
  const found = await lintFiles({ "element-deps": { link: "/dev/zero" }, "pkg-map": { link: "/proc/kmsg" } });
  expect(found.map(({ message }) => message).filter((message) => message.includes("bytes"))).toEqual([]);
});

it.each([
  ["wrappers", `${"sudo ".repeat(10_000)}x`],
  ["names in one export", `export ${"A=$A B ".repeat(8_000)}`],
  ["options", `set -${"e".repeat(130_000)}`],
  ["commands in a substitution", `x=$(${"a;".repeat(130_000)})`],
])("a script of very many %s is linted", async (_what, body) => {
  const catalog = exampleCatalog({
    "web/environment.d/10-x": `${body}\n`,
    "web/install.d/50-x": `#!/bin/bash\n${body}\n`,
  });
  const elements = [...catalog.elements.values()];
  const { diagnostics } = await lint({ catalog, elements, configuration: { preset: "upstream" } });
  // On a busy machine the parser gives up, and that is said.
  expect(diagnostics.some(({ code }) => code === "script-pipefail" || code === "script-syntax")).toBe(true);
});

it("of a file that is no JSON at all a hundred errors are told", async () => {
  const catalog = exampleCatalog({ "web/pkg-map": "x | ".repeat(20_000) });
  const { diagnostics } = await lint({ catalog, elements: [...catalog.elements.values()] });
  expect(diagnostics.filter(({ location }) => location?.source.path.endsWith("/pkg-map")).length).toBeLessThan(250);
});

it("very many fixes of one file are planned, without those that meet", () => {
  const fix = (start: number, end: number) => ({
    code: "x",
    severity: "warning" as const,
    message: "x",
    fix: { title: "x", safe: true, edits: [{ kind: "replace" as const, path: "/a", start, end, text: "" }] },
  });
  const fixes = Array.from({ length: 50_000 }, (_, at) => fix(at * 10, at * 10 + 5));
  expect(planFixes([...fixes, fix(12, 30), fix(15, 20), fix(499_990, 499_990)], true)).toMatchObject({ dropped: 2 });
});
