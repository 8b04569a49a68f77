import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCli } from "./run-cli.js";

const MODULE = `import { bash, defineElement, install } from "@dibkit/model";
export const web = defineElement("web", {
  summary: "serves pages",
  scripts: [install(50, "web", bash\`echo web\`)],
});
`;

function project(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "dibkit-cli-compile-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

describe("dibkit compile", () => {
  test("runs no file as a module that is none", async () => {
    const cwd = project({ "package.json": "{}\n" });
    expect(await runCli(["compile", "package.json"], { cwd })).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('"package.json" names no TypeScript module'),
    });
  });

  test("writes, then has nothing to write; --check agrees", async () => {
    const cwd = project({ "web.ts": MODULE });
    const first = await runCli(["compile", "web.ts", "--no-typecheck"], { cwd });
    expect(first).toEqual({
      exitCode: 0,
      stdout: "wrote elements/web (2 files)\n",
      stderr: "1 element, 0 unchanged\n",
    });
    const check = await runCli(["compile", "web.ts", "--no-typecheck", "--check"], { cwd });
    expect(check).toEqual({ exitCode: 0, stdout: "", stderr: "elements is up to date\n" });
    writeFileSync(join(cwd, "web.ts"), MODULE.replace("echo web", "echo new"));
    const stale = await runCli(["compile", "web.ts", "--no-typecheck", "--check"], { cwd });
    expect([stale.exitCode, stale.stderr]).toEqual([1, "elements is out of date: 1 file\n"]);
    expect(stale.stdout).toContain("-echo web\n+echo new\n");
  });

  test("shows a TypeScript error with its place and code frame", async () => {
    const cwd = project({ "web.ts": MODULE.replace('install(50, "web"', 'install(50, "web.sh"') });
    const run = await runCli(["compile", "web.ts"], { cwd });
    expect(run).toEqual({
      exitCode: 1,
      stdout: "",
      stderr: `error run-parts silently skips web.sh: name it web, scripts have no suffix [typescript/TS2345]
  at web.ts:4:25
  4 |   scripts: [install(50, "web.sh", bash\`echo web\`)],
    |                         ^^^^^^^^
`,
    });
    expect(existsSync(join(cwd, "elements"))).toBe(false);
  });

  test("says what to do when there is nothing to compile", async () => {
    const run = await runCli(["compile"], { cwd: project({}) });
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(
      "error: there is nothing to compile: no ENTRY is given, and no dibkit.config.ts is here\n",
    );
    const missing = await runCli(["compile", "nope.ts", "--no-typecheck"], { cwd: project({}) });
    expect([missing.exitCode, missing.stderr]).toEqual([
      1,
      expect.stringContaining('error "nope.ts" names no TypeScript module [compile/no-module]\n'),
    ]);
  });

  test("says so when a module exports nothing to compile", async () => {
    const cwd = project({ "port.ts": "export const port = 80;\n" });
    const none = await runCli(["compile", "port.ts", "--no-typecheck"], { cwd });
    expect([none.exitCode, none.stdout]).toEqual([1, ""]);
    expect(none.stderr).toContain('error no element and no image is exported by "port.ts" [compile/no-definition]\n');
  });
});

describe("dibkit import, bindings and eject", () => {
  test("import gives modules that compile to the same files; eject leaves only those", async () => {
    const cwd = project({ "old/web/element-deps": "vm\n", "old/web/README.rst": "web\n===\n\nServes pages.\n" });
    const imported = await runCli(["import", "old", "--out", "src"], { cwd });
    expect(imported).toEqual({
      exitCode: 0,
      stdout: "imported src/web\n",
      stderr: "1 element imported; compiling them gives the same bytes again\n",
    });
    expect(readFileSync(join(cwd, "src/web/element.ts"), "utf8")).toContain('deps: [elementRef("vm")],');
    const ejected = await runCli(["eject", "src/web/element.ts", "--out", "out"], { cwd });
    expect([ejected.exitCode, ejected.stdout]).toEqual([0, "out/web\n"]);
    expect(readdirSync(join(cwd, "out"))).toEqual(["web"]);
    expect(readFileSync(join(cwd, "out/web/element-deps"), "utf8")).toBe("vm\n");
    const nothing = await runCli(["import", "nope"], { cwd });
    expect([nothing.exitCode, nothing.stderr]).toEqual([2, expect.stringContaining('error: "nope" does not exist\n')]);
  });

  test("import finds the elements of a repository, and a second run says one thing and writes nothing", async () => {
    const cwd = project({
      "README.rst": "Our images\n==========\n",
      ".git/HEAD": "ref: refs/heads/main\n",
      "images/elements/web/element-deps": "vm\n# why\n",
      "images/elements/db/element-deps": "vm\n",
      "docs/conf.py": "",
    });
    const args = ["import", ".", "--out", "src"];
    expect((await runCli(args, { cwd })).stdout).toBe("imported src/db\nimported src/web\n");
    const module = join(cwd, "src/web/element.ts");
    writeFileSync(module, `${readFileSync(module, "utf8")}// mine\n`);
    const again = await runCli(args, { cwd });
    expect([again.exitCode, again.stdout]).toEqual([1, ""]);
    expect(again.stderr).toBe(
      `error 2 of 2 elements are in "src" already, such as "src/db"; nothing was written [import/exists]\n  help: give another --out, or --force to write over what is there\n`,
    );
    expect(readFileSync(module, "utf8")).toContain("// mine");
    expect((await runCli([...args, "--force"], { cwd })).exitCode).toBe(0);
    expect(readFileSync(module, "utf8")).not.toContain("// mine");
    // Files beside the modules, such as layout and scripts, are no elements of the repository.
    expect((await runCli(["lint"], { cwd })).stdout).not.toContain("src/");
  });

  test("import refuses two elements of one name, and what has none", async () => {
    const cwd = project({ "a/elements/web/element-deps": "", "b/elements/web/element-deps": "", "c/README.md": "" });
    const double = await runCli(["import", "."], { cwd });
    expect([double.exitCode, double.stderr]).toEqual([
      2,
      expect.stringContaining('two elements are called "web", in '),
    ]);
    const none = await runCli(["import", "c"], { cwd });
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('no element in "c"')]);
    expect(existsSync(join(cwd, "src"))).toBe(false);
  });

  test("import writes nothing when an element has a name that none can have", async () => {
    const cwd = project({ "old/our site/element-deps": "vm\n", "old/web/element-deps": "vm\n" });
    const run = await runCli(["import", "old"], { cwd });
    expect([run.exitCode, run.stdout, existsSync(join(cwd, "src"))]).toEqual([1, "", false]);
    expect(run.stderr).toContain('"our site" cannot be the name of an element; nothing was written [import/name]');
  });

  test.each([
    ["a repository for an element", ".", { "README.rst": "Ours\n====\n", LICENSE: "" }, 'no element in "."'],
    [
      "a directory within the element",
      ".",
      { "element-deps": "vm\n" },
      'what is written to "src" would be part of the element "',
    ],
  ])("import does not take %s", async (_, path, files, message) => {
    const cwd = project(files);
    const run = await runCli(["import", path], { cwd });
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(cwd, "src"))).toBe(false);
  });

  test("bindings of the elements on a path", async () => {
    const cwd = project({ "more/web/README.rst": "web\n===\n\nServes pages.\n" });
    const run = await runCli(["bindings", "--elements-path", "more"], { cwd });
    expect([run.exitCode, run.stderr]).toEqual([0, ""]);
    expect(readFileSync(join(cwd, "bindings/web.ts"), "utf8")).toContain('export const web = elementRef("web", {');
  });
});
