import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { extname, join } from "node:path";
import { Script } from "node:vm";
import { beforeAll, expect, test } from "vitest";
import { packedExtension, repository } from "./packed-extension.js";

let parts: Readonly<Record<string, string>>;
let manifest: Record<string, unknown>;
beforeAll(() => {
  parts = packedExtension();
  manifest = JSON.parse(parts["extension/package.json"] ?? "{}");
});

/** Every relative path that a value of JSON names, at whatever depth. */
function relativePaths(value: unknown): readonly string[] {
  if (typeof value === "string") return value.startsWith("./") ? [value.slice(2)] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(relativePaths) : [];
}

test("every file that the manifest contributes is in the archive, and holds what it should", () => {
  const named = relativePaths(manifest);
  expect(named).toEqual(
    expect.arrayContaining([
      "dist/extension.cjs",
      "grammars/element-list.tmLanguage.json",
      "schemas/pkg-map.schema.json",
    ]),
  );
  for (const path of named) expect(Object.keys(parts)).toContain(`extension/${path}`);
  for (const [path, text] of Object.entries(parts)) if (path.endsWith(".json")) JSON.parse(text);
  for (const name of readdirSync(join(repository, "docs/schemas")).filter((one) => one.endsWith(".json")))
    expect(parts[`extension/schemas/${name}`]).toBe(readFileSync(join(repository, "docs/schemas", name), "utf8"));
});

test("the archive says what it is as the editor reads it", () => {
  const about = parts["extension.vsixmanifest"] ?? "";
  expect(about).toContain(`Id="${manifest.name}" Version="${manifest.version}" Publisher="${manifest.publisher}"`);
  expect(about).toContain('Id="Microsoft.VisualStudio.Code.Engine" Value="^1.91.0"');
  for (const [, path = ""] of about.matchAll(/ Path="([^"]*)"/g)) expect(Object.keys(parts)).toContain(path);
  const types = [...(parts["[Content_Types].xml"] ?? "").matchAll(/ Extension="([^"]*)"/g)].map(([, one]) => one);
  const endings = Object.keys(parts).map((path) => extname(path));
  expect([...new Set(endings.filter((one) => one !== ".xml"))].sort()).toEqual(types.sort());
});

test("the extension is one file that asks for nothing but the editor and Node", () => {
  const code = parts["extension/dist/extension.cjs"] ?? "";
  // Compiled, and not run: the editor's module exists in the editor only.
  expect(() => new Script(`(function (exports, require, module) {${code}\n})`)).not.toThrow();
  const needed = [...code.matchAll(/\brequire\([`"']([^`"']+)[`"']\)/g)].map(([, name = ""]) => name);
  expect([...new Set(needed)].filter((name) => !isBuiltin(name))).toEqual(["vscode"]);
  expect(code).toMatch(/exports\.activate\s*=/);
  expect(code).toMatch(/exports\.deactivate\s*=/);
  expect(Object.keys(manifest)).not.toContain("dependencies");
  expect(parts["extension/dist/LICENSES.txt"]).toMatch(/^vscode-languageclient .*\(MIT\)$/m);
});

test("what the code registers is what the manifest contributes", () => {
  const text = readdirSync(join(repository, "packages/vscode/src"))
    .map((name) => readFileSync(join(repository, "packages/vscode/src", name), "utf8"))
    .join("\n");
  const { commands, configuration, taskDefinitions } = manifest.contributes as {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: object };
    readonly taskDefinitions: readonly { readonly type: string }[];
  };
  const registered = [...text.matchAll(/registerCommand\("([^"]+)"/g)].map(([, name]) => name);
  expect(commands.map(({ command }) => command)).toEqual(registered);
  expect(text).toContain(`registerTaskProvider("${taskDefinitions[0]?.type}"`);
  expect(Object.keys(configuration.properties)).toEqual(["dibkit.path", "dibkit.trace.server"]);
});
