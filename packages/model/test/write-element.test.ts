import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { decodePath, type Element, encodePath, loadCatalog, loadElement, viewsOf, writeElement } from "@dibkit/model";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EVERY_ODDITY, generatedTree, makeTree } from "./generated-tree.js";
import { memoryElement } from "./memory-element.js";
import { describeUpstream } from "./upstream.js";

// Upstream and whole catalogs take their time on a busy machine.

let scratch: string;
let count = 0;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "dibkit-write-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function freshDirectory(): string {
  count += 1;
  return join(scratch, String(count));
}

/** What the system itself says about a tree: kind, mode, name as bytes, content or target of every entry. */
function listing(directory: string): readonly string[] {
  const find = execFileSync(
    "find",
    [directory, "-mindepth", "1", "(", "-type", "d", "-not", "-empty", ")", "-o", "-printf", "%y %m %P %l\\0"],
    { encoding: "latin1" },
  );
  return find
    .split("\0")
    .filter((line) => line !== "")
    .sort()
    .map((line) => line.replace(/^l \d+/, "l"));
}

function sums(directory: string): string {
  const script = "find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum -z";
  return execFileSync("sh", ["-c", script], { cwd: directory, encoding: "latin1" });
}

/** Both at once, in one process. */
function everything(directory: string): readonly string[] {
  const script = `find . -mindepth 1 \\( -type d -not -empty \\) -o -printf '%y %m %P %l\\0'; find . -type f -print0 | xargs -0r sha256sum -z`;
  const output = execFileSync("sh", ["-c", script], { cwd: directory, encoding: "latin1" });
  const lines = output.split("\0").map((line) => line.replace(/^l \d+/, "l"));
  return lines.sort();
}

function hasLinkToDirectory(directory: string): boolean {
  const links = ["find", [directory, "-maxdepth", "1", "-type", "l", "-xtype", "d"]] as const;
  return execFileSync(...links).length > 0;
}

function load(directory: string): Element {
  const loaded = loadElement(directory);
  if (!loaded.ok) throw new Error(loaded.error.diagnostic.message);
  return loaded.value;
}

describeUpstream("round trip of upstream's elements", ({ elements }) => {
  const all = [...loadCatalog([elements]).elements.values()];
  const nested = all.flatMap((element) => viewsOf(element).testElements.value);

  it("loads and writes every element byte for byte", () => {
    const copies = freshDirectory();
    for (const element of all) {
      expect(writeElement(element, join(copies, element.name)).ok).toBe(true);
    }
    const ofElements = (line: string) =>
      all.some(({ name }) => line.includes(` ${name}/`) || line.includes(`./${name}/`));
    const originals = listing(elements).filter(ofElements);
    expect(originals.length).toBeGreaterThan(700);
    expect(listing(copies)).toEqual(originals);
    expect(sums(copies)).toBe(sums(elements).split("\0").filter(ofElements).concat("").join("\0"));
  });

  it("loads and writes every test element", () => {
    expect(nested.length).toBeGreaterThan(30);
    const copies = freshDirectory();
    for (const element of nested) {
      expect(writeElement(element, join(copies, relative(elements, element.root))).ok).toBe(true);
    }
    const ofTestElements = (line: string) =>
      /^\S+ \S+ [^/]+\/test-elements\/|^\S+ {2}\.\/[^/]+\/test-elements\//.test(line);
    const originals = listing(elements).filter(ofTestElements);
    expect(originals.length).toBeGreaterThan(80);
    expect(listing(copies)).toEqual(originals);
    expect(sums(copies)).toBe(sums(elements).split("\0").filter(ofTestElements).concat("").join("\0"));
  });

  it("finds nothing to change the second time", () => {
    const copy = freshDirectory();
    const element = all.find(({ name }) => name === "growroot") as Element;
    writeElement(element, copy);
    const again = writeElement(element, copy);
    expect(again.ok && again.value.changed).toEqual([]);
    expect(again.ok && again.value.unchanged.length).toBe(element.files.size);
  });
});

describe("round trip of any tree", () => {
  it("keeps bytes, modes, links, empty directories and names", () => {
    fc.assert(
      fc.property(generatedTree, (entries) => {
        const original = freshDirectory();
        makeTree(Buffer.from(original), entries);
        // A link to a directory at the top is read as the directory; load-catalog.test.ts is about those.
        fc.pre(!hasLinkToDirectory(original));
        const element = load(original);
        const copy = freshDirectory();
        mkdirSync(copy);
        expect(writeElement(element, copy)).toMatchObject({ ok: true });
        expect(everything(copy)).toEqual(everything(original));
        rmSync(original, { recursive: true });
        rmSync(copy, { recursive: true });
      }),
      { numRuns: 25, seed: 3, examples: [[EVERY_ODDITY]] },
    );
  });

  it("gives back the bytes of any name", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...encodePath(decodePath(bytes))]).toEqual([...bytes]);
      }),
      { numRuns: 500 },
    );
    expect(decodePath(Buffer.from("a\xff\xc3", "latin1"))).toBe("a\udcff\udcc3");
    expect(decodePath(Buffer.from("\xed\xa0\x80", "latin1"))).toBe("\udced\udca0\udc80");
    expect(decodePath(Buffer.from("�\xff", "utf8"))).toBe("�ÿ");
  });
});

describe("writeElement", () => {
  const element = memoryElement("web", { "element-deps": "vm\n", "install.d/50-web": "#!/bin/bash\n" });

  it("writes only what changed and leaves the rest of the directory alone", () => {
    const directory = freshDirectory();
    writeElement(element, directory);
    writeFileSync(join(directory, "element-deps"), "other\n");
    writeFileSync(join(directory, "mine"), "");
    const before = statSync(join(directory, "install.d/50-web"));
    const again = writeElement(element, directory);
    expect(again).toEqual({ ok: true, value: { changed: ["element-deps"], unchanged: ["install.d/50-web"] } });
    expect(statSync(join(directory, "install.d/50-web")).ino).toBe(before.ino);
    expect(readdirSync(directory).sort()).toEqual(["element-deps", "install.d", "mine"]);
  });

  it("sets only the mode when only that differs", () => {
    const directory = freshDirectory();
    writeElement(element, directory);
    const script = join(directory, "install.d/50-web");
    const { ino } = statSync(script);
    chmodSync(script, 0o644);
    expect(writeElement(element, directory)).toMatchObject({ ok: true, value: { changed: ["install.d/50-web"] } });
    expect(statSync(script)).toMatchObject({ ino, mode: 0o100755 });
  });

  it.each([
    ["../escape", "outside", '"../escape" is not a path inside an element'],
    ["/etc/passwd", "outside", '"/etc/passwd" is not a path inside an element'],
    ["a//b", "outside", '"a//b" is not a path inside an element'],
    ["a/./b", "outside", '"a/./b" is not a path inside an element'],
  ])("refuses the path %s", (path, kind, message) => {
    const result = writeElement(memoryElement("web", { [path]: "" }), freshDirectory());
    expect(result.ok ? undefined : result.error).toMatchObject({ kind, message });
  });

  it("does not write through a link that stands where a directory belongs", () => {
    const directory = freshDirectory();
    const elsewhere = freshDirectory();
    mkdirSync(directory);
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(directory, "install.d"));
    const result = writeElement(element, directory);
    expect(result.ok ? undefined : result.error.message).toBe(
      'file "install.d/50-web" cannot be written: "install.d" is another kind of entry',
    );
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it("replaces a link by a file without touching its target, and an empty directory by a file", () => {
    const directory = freshDirectory();
    mkdirSync(join(directory, "install.d/50-web"), { recursive: true });
    const target = join(scratch, "target");
    writeFileSync(target, "keep");
    symlinkSync(target, join(directory, "element-deps"));
    expect(writeElement(element, directory).ok).toBe(true);
    expect(readFileSync(target, "utf8")).toBe("keep");
    expect(lstatSync(join(directory, "element-deps")).isFile()).toBe(true);
    expect(lstatSync(join(directory, "install.d/50-web")).isFile()).toBe(true);
  });

  it("says so when a file stands where the directory belongs, and leaves no temporary file", () => {
    const file = freshDirectory();
    writeFileSync(file, "");
    const result = writeElement(element, file);
    expect(result.ok ? undefined : result.error).toMatchObject({ kind: "in-the-way" });
    const full = freshDirectory();
    mkdirSync(join(full, "element-deps"), { recursive: true });
    writeFileSync(join(full, "element-deps/inner"), "");
    expect(writeElement(element, full)).toMatchObject({
      ok: false,
      error: { kind: "in-the-way", path: "element-deps" },
    });
    expect(readdirSync(full)).toEqual(["element-deps"]);
    expect(existsSync(join(full, "install.d"))).toBe(false);
  });
});
