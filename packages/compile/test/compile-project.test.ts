import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type CompileOptions, compileProject } from "../src/compile-project.js";
import { project, write } from "./project.js";

const element = (name: string, script: string) => `
export const ${name.replaceAll("-", "")} = defineElement("${name}", {
  summary: "the element ${name}",
  scripts: [install(50, "${name}", bash\`${script}\`)],
});`;

const module = (...elements: readonly string[]) =>
  `import { bash, defineElement, install } from "@dibkit/model";\n${elements.join("\n")}\n`;

/** Compiles without the compiler's checks, which have tests of their own. */
async function compile(directory: string, options: Partial<CompileOptions> = {}) {
  const report = await compileProject({
    entries: ["*.ts"],
    outDir: "out",
    cwd: directory,
    typecheck: false,
    ...options,
  });
  return {
    ...report,
    said: report.diagnostics.map(({ code, message }) => `${code}: ${message}`),
    changed: report.changes.map(({ kind, element, path }) => `${kind} ${element}/${path}`),
  };
}

const files = (directory: string) =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
        .sort()
    : [];

describe("compileProject", () => {
  test("writes elements, then only what changed", async () => {
    const directory = project({ "a.ts": module(element("a", "echo a"), element("b", "echo b")) });
    expect((await compile(directory)).changed).toEqual([
      "create a/README.rst",
      "create a/install.d/50-a",
      "create b/README.rst",
      "create b/install.d/50-b",
    ]);
    expect(statSync(join(directory, "out/a/install.d/50-a")).mode & 0o777).toBe(0o755);
    expect(statSync(join(directory, "out/a/README.rst")).mode & 0o777).toBe(0o644);
    expect((await compile(directory)).changed).toEqual([]);

    const before = statSync(join(directory, "out/b/install.d/50-b"));
    write(directory, { "a.ts": module(element("a", "echo changed"), element("b", "echo b")) });
    expect((await compile(directory)).changed).toEqual(["modify a/install.d/50-a"]);
    expect(readFileSync(join(directory, "out/a/install.d/50-a"), "utf8")).toContain("echo changed\n");
    const after = statSync(join(directory, "out/b/install.d/50-b"));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  test("removes what is no longer defined, and nothing it did not write", async () => {
    const directory = project({ "a.ts": module(element("a", "echo a"), element("b", "echo b")) });
    await compile(directory);
    write(directory, {
      "out/a/notes.txt": "mine",
      "out/other/README.rst": "mine",
      "a.ts": module(element("b", "echo b")),
    });
    expect((await compile(directory)).changed).toEqual(["remove a/README.rst", "remove a/install.d/50-a"]);
    expect(files(join(directory, "out"))).toEqual([
      ".dibkit-manifest.json",
      "a/notes.txt",
      "b/README.rst",
      "b/install.d/50-b",
      "other/README.rst",
    ]);
    rmSync(join(directory, "out/a"), { recursive: true });
    write(directory, { "a.ts": module() });
    await compile(directory);
    expect(files(join(directory, "out"))).toEqual(["other/README.rst"]);
  });

  test("refuses to overwrite files it does not own", async () => {
    const directory = project({ "a.ts": module(element("a", "echo a")), "out/a/README.rst": "mine" });
    const refused = await compile(directory);
    expect(refused.said).toEqual(['compile/foreign-file: "a/README.rst" exists and was not written by dibkit']);
    expect(refused.written).toBe(false);
    expect(files(join(directory, "out"))).toEqual(["a/README.rst"]);
    expect((await compile(directory, { force: true })).written).toBe(true);

    write(directory, { "out/a/install.d/50-a": "edited\n" });
    const edited = await compile(directory);
    expect(edited.said).toEqual(['compile/foreign-file: "a/install.d/50-a" was changed by hand since it was compiled']);
    expect(readFileSync(join(directory, "out/a/install.d/50-a"), "utf8")).toBe("edited\n");
  });

  test("takes over a file that already is what it would write", async () => {
    const directory = project({ "a.ts": module(element("a", "echo a")) });
    await compile(directory);
    rmSync(join(directory, "out/.dibkit-manifest.json"));
    const again = await compile(directory);
    expect([again.said, again.changed, again.written]).toEqual([[], [], true]);
    expect(existsSync(join(directory, "out/.dibkit-manifest.json"))).toBe(true);
  });

  test("--check shows a diff and writes nothing", async () => {
    const directory = project({ "a.ts": module(element("a", "echo a")) });
    await compile(directory);
    write(directory, { "a.ts": module(element("a", "echo changed"), element("b", "echo b")) });
    chmodSync(join(directory, "out/a/README.rst"), 0o755);
    const before = files(join(directory, "out"));
    const report = await compile(directory, { check: true });
    expect(files(join(directory, "out"))).toEqual(before);
    expect(await report.diff()).toBe(`diff --dibkit a/a/README.rst b/a/README.rst
old mode 100755
new mode 100644
diff --dibkit a/a/install.d/50-a b/a/install.d/50-a
--- a/a/install.d/50-a
+++ b/a/install.d/50-a
@@ -5,5 +5,5 @@
 fi
 set -eu
 set -o pipefail
 
-echo a
+echo changed
diff --dibkit a/b/README.rst b/b/README.rst
new file mode 100644
--- /dev/null
+++ b/b/README.rst
@@ -0,0 +1,5 @@
+=
+b
+=
+
+the element b
diff --dibkit a/b/install.d/50-b b/b/install.d/50-b
new file mode 100755
--- /dev/null
+++ b/b/install.d/50-b
@@ -0,0 +1,9 @@
+#!/bin/bash
+
+if [ "\${DIB_DEBUG_TRACE:-0}" -gt 0 ]; then
+    set -x
+fi
+set -eu
+set -o pipefail
+
+echo b
`);
  });

  test("recovers from a run that was killed between two renames", async () => {
    const directory = project({ "a.ts": module(element("a", "echo a")) });
    await compile(directory);
    const out = join(directory, "out");
    mkdirSync(join(out, ".dibkit-new-a/install.d"), { recursive: true });
    write(out, { ".dibkit-old-z/README.rst": "was moved away" });
    write(directory, { "a.ts": module(element("a", "echo b")) });
    await compile(directory);
    expect(files(out)).toEqual([".dibkit-manifest.json", "a/README.rst", "a/install.d/50-a", "z/README.rst"]);
  });

  test("writes nothing when the output is a file, or a definition is wrong", async () => {
    const directory = project({ "a.ts": module(element("a", "echo a")), out: "a file" });
    expect((await compile(directory)).said).toEqual(['compile/output: "out" is not a directory']);
    write(directory, { "b.ts": module(element("a", "echo b")) });
    expect((await compile(directory, { outDir: "other" })).said).toEqual([
      'compile/duplicate-element: two definitions have the name "a"',
    ]);
    expect(files(join(directory, "other"))).toEqual([]);
  });
});
