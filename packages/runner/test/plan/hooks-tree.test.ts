import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCatalog, resolve, upstreamInstallation } from "@dibkit/model";
import { afterAll, expect, test } from "vitest";
import { mergeHooks } from "../../src/plan/hooks-tree.js";

const directory = mkdtempSync(join(tmpdir(), "dibkit-hooks-"));
afterAll(() => rmSync(directory, { recursive: true }));

function write(path: string, text = ""): void {
  mkdirSync(join(directory, path, ".."), { recursive: true });
  writeFileSync(join(directory, path), text);
}

for (const path of ["element-deps", "install.d/50-same", "install.d/.hidden", "tests/t", "__pycache__/c", "bin/tool"]) {
  write(`one/${path}`);
}
for (const path of ["element-deps", "install.d/50-same", "static/etc/motd", "install.d/60-own"]) write(`two/${path}`);

test("sub-directories are merged and a file that two elements have is an error naming both", () => {
  const elements = [...loadCatalog([directory]).elements.values()];
  const tree = mergeHooks(elements);
  expect([...tree.entries].map(([path, { element }]) => `${path} ${element.name}`).sort()).toEqual([
    "bin/tool one",
    "element-deps two",
    "install.d/50-same one",
    "install.d/60-own two",
    "static/etc/motd two",
  ]);
  expect(tree.diagnostics.map(({ message }) => message)).toEqual([
    'elements "one" and "two" both have "install.d/50-same"',
  ]);
});

function merged(tree: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(directory, "tree-"));
  for (const path of Object.keys(tree)) write(join(root, path).slice(directory.length), tree[path]);
  return mergeHooks([...loadCatalog([root]).elements.values()]);
}

test("a directory with hidden files only is there, without them", () => {
  const { entries } = merged({ "one/files/.gitkeep": "", "one/data/.gitkeep": "", "two/data/table": "" });
  expect([...entries.values()].map(({ path, file }) => `${path} ${file.kind}`)).toEqual([
    "data/table file",
    "files directory",
  ]);
});

test.each([
  [
    { "one/conf": "", "two/conf/a": "", "two/conf/b": "" },
    '"conf" is a file of element "one" and a directory of element "two"',
  ],
  [{ "one/conf/a": "", "two/conf": "" }, '"conf" is a file of element "two" and a directory of element "one"'],
  [
    { "one/static/etc/app": "", "two/static/etc/app/a": "" },
    '"static/etc/app" is a file of element "one" and a directory of element "two"',
  ],
])("%j is refused before anything runs", (tree, message) => {
  expect(merged(tree).diagnostics.map((found) => found.message)).toEqual([message]);
});

const upstream = upstreamInstallation(process.env);

test.skipIf(upstream === undefined)("upstream's own elements merge without trouble", () => {
  const catalog = loadCatalog([upstream?.elements ?? ""]);
  const resolution = resolve(catalog, ["debian-minimal", "vm"], { arch: "amd64", base: true });
  if (!resolution.ok) throw new Error("upstream's elements do not resolve");
  const tree = mergeHooks(resolution.value.elements.map(({ element }) => element));
  expect(tree.diagnostics).toEqual([]);
  expect(tree.entries.get("finalise.d/50-bootloader")?.element.name).toBe("bootloader");
  expect(tree.entries.has("block-device-default.yaml")).toBe(true);
});
