import type { Element, FileEdit, OriginSpan, RegularFile } from "@dibkit/model";
import { applyReplacements } from "@dibkit/model";
import { expect, it } from "vitest";
import { authorFix } from "../src/author-fix.js";

/** An element of one script whose pieces, between `[` and `]`, stand in a module as they are. */
function authored(module: string, generated: string, path = "/site/web.ts") {
  const plain = module.replace(/[[\]]/g, "");
  const source = { path, text: plain };
  const spans: OriginSpan[] = [];
  let at = 0;
  let markers = 0;
  for (const { 1: piece = "", index } of module.matchAll(/\[([^\]]*)\]/g)) {
    const sourceStart = index - markers;
    const start = generated.indexOf(piece, at);
    if (start !== -1) {
      spans.push({ start, end: start + piece.length, source, sourceStart, sourceEnd: sourceStart + piece.length });
      at = start + piece.length;
    }
    markers += 2;
  }
  const bytes = new TextEncoder().encode(generated);
  const origin = { kind: "typescript" as const, spans: () => spans };
  const file: RegularFile = { kind: "file", path: "install.d/50-web", mode: 0o755, bytes, origin };
  const element: Element = { name: "web", root: path, origin: "typescript", files: new Map([[file.path, file]]) };
  return { element, file, plain };
}

it.each<[string, string, string, string, string, string | undefined]>([
  ["a word", "bash`[which ls]`", "which ls\n", "which", "command -v", "bash`command -v ls`"],
  [
    "text that a template must escape",
    "bash`[which ls]`",
    "which ls\n",
    "ls",
    "`a` ${b}",
    "bash`which \\`a\\` \\${b}`",
  ],
  [
    "lines, indented as the template is",
    "bash`\n    [if true; then\n]    [    export A=$(b)\n]    [fi]\n  `",
    "if true; then\n    export A=$(b)\nfi\n",
    "export A=$(b)",
    "A=$(b)\n    export A",
    "bash`\n    if true; then\n        A=$(b)\n        export A\n    fi\n  `",
  ],
  [
    "a line that goes, with its indentation",
    "bash`\n    [set -x\n]    [ls]\n  `",
    "set -x\nls\n",
    "set -x\n",
    "",
    "bash`\n    ls\n  `",
  ],
  ["part of a line that goes", "bash`\n  [set -x; ls\n]  `", "set -x; ls\n", "ls\n", "", undefined],
  [
    "more lines right after the backtick",
    "bash`[export A=$(b)]`",
    "export A=$(b)\n",
    "export A=$(b)",
    "A=1\nB=2",
    undefined,
  ],
  ["what the module works out", "bash`${x} [ls]`", "which ls\n", "which", "command -v", undefined],
  ["what is on both sides of a value", "bash`[which ]${x}[ls]`", "which -a ls\n", "which -a ls", "x", undefined],
])("repairs %s", (_, module, generated, old, text, expected) => {
  const { element, file, plain } = authored(module, generated);
  const start = generated.indexOf(old);
  const edit: FileEdit = { kind: "replace", path: "x", start, end: start + old.length, text };
  const fix = authorFix(element, file, { title: "x", safe: true, edits: [edit] });
  expect(fix && applyReplacements(plain, fix.edits as never)).toBe(expected);
});

it.each<[string, string, string, string | undefined]>([
  ["a whole string", 'elementRef("bsae")', "base", 'elementRef("base")'],
  ["one of two equal strings", 'elementRef("bsae", "bsae")', "base", undefined],
  ["a string with more in it", 'elementRef("x-bsae")', "base", undefined],
  ["a text with quotes", 'elementRef("bsae")', '"', undefined],
])("repairs a property: %s", (_, module, text, expected) => {
  const source = { path: "/site/web.ts", text: module };
  const span = { start: 0, end: 5, source, sourceStart: 0, sourceEnd: module.length };
  const { element } = authored("", "");
  const bytes = new TextEncoder().encode("bsae\n");
  const origin = { kind: "typescript" as const, spans: () => [span] };
  const file: RegularFile = { kind: "file", path: "element-deps", mode: 0o644, bytes, origin };
  const edit: FileEdit = { kind: "replace", path: "x", start: 0, end: 4, text };
  const fix = authorFix(element, file, { title: "x", safe: false, edits: [edit] });
  expect(fix && applyReplacements(module, fix.edits as never)).toBe(expected);
});

it("leaves packages of others and mode bits alone, and repairs a script where it lies", () => {
  const edit: FileEdit = { kind: "replace", path: "x", start: 0, end: 5, text: "command -v" };
  const fix = { title: "x", safe: true, edits: [edit] };
  const shared = authored("bash`[which ls]`", "which ls\n", "/site/node_modules/acme/web.ts");
  expect(authorFix(shared.element, shared.file, fix)).toBeUndefined();
  const own = authored("bash`[which ls]`", "which ls\n");
  const chmod: FileEdit = { kind: "chmod", path: "x", executable: true };
  expect(authorFix(own.element, own.file, { ...fix, edits: [edit, chmod] })).toBeUndefined();
  const onDisk: RegularFile = { ...own.file, origin: { kind: "disk", path: "/site/web.sh" } };
  expect(authorFix(own.element, onDisk, fix)).toBe(fix);
});
