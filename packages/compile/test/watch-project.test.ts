import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ejectProject } from "../src/eject-project.js";
import { watchProject } from "../src/watch-project.js";
import { project, write } from "./project.js";

const module = (summary: string) =>
  `import { defineElement } from "@dibkit/model";\nimport { text } from "./text.ts";\nexport default defineElement("a", { summary: "${summary} " + text });\n`;

test("watches: compiles again when a module, or what it imports, changes", async () => {
  const cwd = project({ "a.ts": module("one"), "text.ts": "export const text = 'x';\n" });
  const controller = new AbortController();
  const readme = () => readFileSync(join(cwd, "out/a/README.rst"), "utf8").split("\n").at(-2);
  const seen: (string | undefined)[] = [];
  await watchProject({
    entries: ["a.ts"],
    outDir: "out",
    cwd,
    typecheck: false,
    signal: controller.signal,
    onReport: () => {
      seen.push(readme());
      if (seen.length === 1) write(cwd, { "a.ts": module("two") });
      else if (seen.at(-1) === "two x") write(cwd, { "text.ts": "export const text = 'y';\n" });
      else if (seen.at(-1) === "two y") controller.abort();
    },
  });
  expect([seen[0], seen.at(-1)]).toEqual(["one x", "two y"]);
});

test("ejects: the same directories, and no trace of dibkit", async () => {
  const cwd = project({ "a.ts": module("one"), "text.ts": "export const text = 'x';\n" });
  const report = await ejectProject({ entries: ["a.ts"], outDir: "out", cwd, typecheck: false });
  expect(report.written).toBe(true);
  expect(existsSync(join(cwd, "out/a/README.rst"))).toBe(true);
  expect(existsSync(join(cwd, "out/.dibkit-manifest.json"))).toBe(false);
});
