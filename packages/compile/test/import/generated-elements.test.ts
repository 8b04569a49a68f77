import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { loadElement } from "@dibkit/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EVERY_ODDITY, generatedElement, makeTree } from "../../../model/test/generated-tree.js";
import { compileProject } from "../../src/compile-project.js";
import { importElements } from "../../src/import/import-elements.js";
import { project } from "../project.js";

/** Kind, execute bit, name as bytes, content or target of every entry, as the system itself tells them. */
function everything(directory: string): readonly string[] {
  const script = `find . -mindepth 2 \\( -type d -not -empty \\) -o -mindepth 2 -printf '%y %m %P %l\\0'; find . -mindepth 2 -type f -print0 | xargs -0r sha256sum -z`;
  const output = execFileSync("sh", ["-c", script], { cwd: directory, encoding: "latin1" });
  const lines = output.split("\0").map((line) => line.replace(/^l \d+/, "l").replace(/^d \d+/, "d"));
  return lines
    .map((line) => line.replace(/^f (\d+)/, (_, mode) => (Number.parseInt(mode, 8) & 0o111 ? "x" : "f")))
    .sort();
}

test("any element is imported, compiled, and the same again", async () => {
  const trees = [EVERY_ODDITY, ...fc.sample(generatedElement, { numRuns: 30, seed: 5 })];
  const root = project({});
  const names = trees.map((_, index) => `e${index}`);
  for (const [index, tree] of trees.entries()) makeTree(Buffer.from(join(root, `elements/e${index}`)), tree);
  const elements = names.map((name) => {
    const loaded = loadElement(join(root, "elements", name));
    if (!loaded.ok) throw new Error(loaded.error.diagnostic.message);
    return loaded.value;
  });
  const imported = await importElements({ elements, outDir: join(root, "src") });
  expect(imported.diagnostics).toEqual([]);
  const compiled = await compileProject({ entries: ["src"], outDir: "out", cwd: root });
  expect(compiled.diagnostics).toEqual([]);
  expect(everything(join(root, "out"))).toEqual(everything(join(root, "elements")));
  const again = await compileProject({ entries: ["src"], outDir: "out", cwd: root, check: true, typecheck: false });
  expect(again.changes).toEqual([]);
});
