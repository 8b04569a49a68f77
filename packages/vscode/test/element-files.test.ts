import { PHASES } from "@dibkit/model";
import picomatch from "picomatch";
import { expect, test } from "vitest";
import { EDITED_FILES, isPython, SIGNS_OF_ELEMENTS, WATCHED_FILES } from "../src/element-files.js";
import { contributes } from "./manifest.js";

const globs = [
  ...SIGNS_OF_ELEMENTS,
  ...WATCHED_FILES,
  ...contributes.languages.flatMap((one) => one.filenamePatterns ?? []),
];

test("no glob has what the editor's globs have not", () => {
  // Braces in braces, extended globs and negations; those of the code stand in braces themselves.
  expect(globs.filter((glob) => /\{[^}]*\{|[!+@?*]\(|^!/.test(glob))).toEqual([]);
  expect([...SIGNS_OF_ELEMENTS, ...WATCHED_FILES].filter((glob) => /[{},]/.test(glob))).toEqual([]);
});

/** The language that a file gets by its path; a pattern without a slash is about the name, as in the editor. */
function languageOf(path: string): string | undefined {
  const name = path.split("/").at(-1) ?? "";
  return contributes.languages.find(
    ({ filenames = [], filenamePatterns = [] }) =>
      filenames.includes(name) ||
      filenamePatterns.some((glob) => picomatch.isMatch(glob.includes("/") ? path : name, glob, { dot: true })),
  )?.id;
}

test.each<readonly [path: string, language: string | undefined]>([
  ["elements/web/element-deps", "dibkit-element-list"],
  ["elements/web/element-provides", "dibkit-element-list"],
  ["elements/web/source-repository-web", "dibkit-source-repository"],
  ["elements/web/pkg-map", "json"],
  ["elements/web/svc-map", "yaml"],
  ["elements/web/environment.d/50-web", "shellscript"],
  ["elements/web/environment.d/10-web.bash", "shellscript"],
  ["elements/web/install.d/web-source-install/10-web", "shellscript"],
  ["elements/web/install.d/web.service", undefined],
  ["elements/web/extra-data.d/module/setup", undefined],
  ["elements/web/static/etc/cron.d/10-web", undefined],
  ["elements/web/README.rst", undefined],
  ...PHASES.map(({ name }) => [`elements/web/${name}/50-web`, "shellscript"] as const),
])("%s opens as %s", (path, language) => {
  expect(languageOf(path)).toBe(language);
});

test.each([
  ["#!/usr/bin/env python3", true],
  ["#!/usr/bin/python", true],
  ["#!/usr/local/bin/dib-python", true],
  ["#!/bin/bash", false],
  ["# python", false],
  ["", false],
])("first line %j is of Python: %s", (line, expected) => {
  expect(isPython(line)).toBe(expected);
});

test.each([
  ["elements/web/install.d/50-web", true],
  ["elements/web/block-device-default.yaml", true],
  ["elements/web/package-installs.json", true],
  ["elements/web.ts", true],
  ["dibkit.config.ts", true],
  ["site/web.image.ts", true],
  ["src/index.ts", false],
  ["README.md", false],
])("%s is sent while it is edited: %s", (path, expected) => {
  expect(picomatch.isMatch(path, [...EDITED_FILES])).toBe(expected);
});
