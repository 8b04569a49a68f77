import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesBelow, packageNames, publishedNames, repository, sourceFiles } from "./source-files.js";

const MOST_LINES = 300;

test(`no source file is longer than ${MOST_LINES} lines`, () => {
  const long = sourceFiles
    .map((file) => ({ path: file.path, lines: file.text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > MOST_LINES)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
  expect(long).toEqual([]);
});

test("source files are kebab-case, and none is a drawer for everything", () => {
  const badly = sourceFiles
    .map((file) => file.path)
    .filter((path) => {
      const name = path.split("/").at(-1) as string;
      return (
        !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name) ||
        /^(utils?|helpers?|types|core|manager|common|misc)\.ts$/.test(name)
      );
    });
  expect(badly).toEqual([]);
});

test.each(publishedNames)("package %s has what a published package needs", (name) => {
  const folder = join(repository, "packages", name);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
  expect(manifest.name).toBe(name === "cli" ? "dibkit" : `@dibkit/${name}`);
  expect(manifest.license).toBe("Apache-2.0");
  expect(manifest.type).toBe("module");
  expect(manifest.engines).toEqual({ node: ">=20.19" });
  expect(readFileSync(join(folder, "README.md"), "utf8")).toMatch(/^# /);
});

test("every package a source file imports is declared by its package", () => {
  const missing = sourceFiles.flatMap((file) => {
    const manifest = JSON.parse(readFileSync(join(repository, "packages", file.package, "package.json"), "utf8")) as {
      name: string;
      dependencies?: Record<string, string>;
      peerDependencies?: Record<string, string>;
      engines?: Record<string, string>;
    };
    // An engine brings a module of its name: an editor that of its extensions.
    const declared = {
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.engines,
      [manifest.name]: "",
    };
    return file.imports
      .filter((specifier) => !/^(\.|node:)/.test(specifier))
      .map((specifier) =>
        specifier
          .split("/")
          .slice(0, specifier.startsWith("@") ? 2 : 1)
          .join("/"),
      )
      .filter((name) => !(name in declared))
      .map((name) => `${file.path} imports ${name}`);
  });
  expect(missing).toEqual([]);
});

/** Packages that are loaded by their path, and by which module. */
const LOADED_BY_PATH: Readonly<Record<string, string>> = {
  "tree-sitter-bash": "the bundle of cli has the parser of shell in it, and finds the grammar beside itself",
  "web-tree-sitter": "the bundle of cli leaves it outside, for it finds its own files by its place",
};

test("every package that a package declares is imported by it", () => {
  const idle = packageNames.flatMap((name) => {
    const folder = join(repository, "packages", name);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    const texts = filesBelow(join(folder, "src"))
      .filter((path) => /\.(ts|mjs)$/.test(path))
      .map((path) => readFileSync(path, "utf8"));
    // Types of Node are for who compiles with the declarations, and are named there.
    const isUsed = (one: string) =>
      texts.some((text) => new RegExp(`"${one}["/]|types="${one.replace("@types/", "")}"`).test(text));
    return Object.keys(manifest.dependencies ?? {})
      .filter((one) => !(one in LOADED_BY_PATH) && !isUsed(one))
      .map((one) => `${name} declares ${one}`);
  });
  expect(idle).toEqual([]);
});

test("no address of a package mirror or registry is written down", () => {
  // Upstream's own defaults are facts about diskimage-builder; every other address comes from the machine.
  const allowed = /^(?:deb|security)\.debian\.org$|^(?:[a-z]+\.)?fedoraproject\.org$/;
  const host =
    /\bhttps?:\/\/((?:[a-z0-9-]+\.)*(?:deb|debian|ubuntu|mirrors?|ftp|registry|archive|apt)[a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,})/gi;
  const found = textFiles().flatMap(({ path, text }) =>
    [...text.matchAll(host)]
      .map((match) => (match[1] as string).toLowerCase())
      .filter((name) => !allowed.test(name) && !/(^|\.)example(\.(com|org|net))?$|\.test$|\.invalid$/.test(name))
      .map((name) => `${path}: ${name}`),
  );
  expect([...new Set(found)]).toEqual([]);
});

/** Everything a person wrote: sources, scripts, pages, examples. */
function textFiles(): readonly { readonly path: string; readonly text: string }[] {
  const folders = ["packages", "scripts", "docs", "examples", "test", "bench", ".ci"];
  const top = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "package.json"].map((name) => join(repository, name));
  return [...folders.flatMap((folder) => filesBelow(join(repository, folder))), ...top]
    .filter(
      // Build output is nothing that git keeps, so whatever a folder is called, it is read.
      (path) => existsSync(path) && !path.includes("/fixtures/"),
    )
    .filter((path) => /\.(ts|mjs|js|md|json|yaml|yml|sh)$|\/run$/.test(path))
    .map((path) => ({ path: path.slice(repository.length), text: readFileSync(path, "utf8") }));
}
