import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { discoverElements, isMeant } from "../src/index.js";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "dibkit-discover-")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function found(files: readonly string[], ...paths: readonly string[]) {
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  const discovered = discoverElements(paths.map((path) => join(root, path)));
  const inside = (all: readonly string[]) => all.map((path) => path.slice(root.length + 1));
  return [inside(discovered.directories), inside(discovered.single)];
}

const CHECKOUT = [
  "diskimage_builder/__init__.py",
  "diskimage_builder/element_dependencies.py",
  "diskimage_builder/lib/common-functions",
  "diskimage_builder/elements/base/install.d/10-base",
  "diskimage_builder/elements/pkg-map/bin/pkg-map",
  "diskimage_builder/elements/pkg-map/extra-data.d/10-create",
  "diskimage_builder/elements/svc-map/element-deps",
];

it.each<[string, readonly string[], readonly string[], readonly (readonly string[])[]]>([
  ["a checkout of diskimage-builder", CHECKOUT, [""], [["diskimage_builder/elements"], []]],
  ["its package", CHECKOUT, ["diskimage_builder"], [["diskimage_builder/elements"], []]],
  [
    "an element with a program of the name of a control file",
    CHECKOUT,
    ["diskimage_builder/elements/pkg-map"],
    [["diskimage_builder/elements"], ["diskimage_builder/elements/pkg-map"]],
  ],
  ["an element that is only a misspelt file", ["elements/a/elements_deps.txt"], [""], [["elements"], []]],
  ["nothing, beside a program of the name of a control file", ["bin/pkg-map", "tools/x.sh"], [""], [[], []]],
  ["nothing", ["src/package_installs.py", "src/README.rst"], [""], [[], []]],
])("finds the elements of %s", (_what, files, paths, expected) => {
  expect(found(files, ...paths)).toEqual(expected);
});

it("leaves out files that lie beside the module of their definition", () => {
  found(["src/web/element.ts", "src/web/install.d/50-web", "elements/web/install.d/50-web", "elements/db/element.ts"]);
  found(["elements/db/install.d/50-db", "src/web/layout/element-deps", "layout/element-deps"]);
  writeFileSync(join(root, "src/web/element.ts"), 'import { defineElement } from "@dibkit/model";\n');
  expect(found([], "src")).toEqual([[], []]);
  expect(found([], "elements")).toEqual([["elements"], []]);
  expect(found([], "layout")).toEqual([[""], ["layout"]]);
  expect(found([], "elements/db")).toEqual([["elements"], ["elements/db"]]);
  expect(found([], "src/web")).toEqual([[], []]);
});

it("means only the elements that were named", () => {
  found(CHECKOUT);
  const elements = join(root, "diskimage_builder/elements");
  const discovered = discoverElements([join(elements, "pkg-map")]);
  expect(isMeant(join(elements, "pkg-map"), discovered)).toBe(true);
  expect(isMeant(join(elements, "base"), discovered)).toBe(false);
});
