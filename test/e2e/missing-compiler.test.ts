import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { dibkit } from "./dibkit.js";

/** Makes Node find no compiler, as after `npm install --omit=optional`. */
const HOOKS = `export async function resolve(specifier, context, next) {
  if (specifier.startsWith("@typescript/typescript-")) throw new Error("not installed");
  return next(specifier, context);
}`;
const REGISTER = `import { register } from "node:module"; register(${JSON.stringify(dataUrl(HOOKS))});`;

test("compile says how to get a compiler that npm left out, and does without when asked to", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "dibkit-no-compiler-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const web =
    'import { defineElement } from "@dibkit/model";\nexport const web = defineElement("web", { summary: "x" });\n';
  writeFileSync(join(cwd, "web.ts"), web);
  const env = { XDG_CACHE_HOME: join(cwd, "cache"), NODE_OPTIONS: `--import=${dataUrl(REGISTER)}` };
  const checked = await dibkit(["compile", "web.ts"], { cwd, env });
  expect(checked.stderr).toBe(`error types cannot be checked: \
"@typescript/typescript-${process.platform}-${process.arch}", the TypeScript compiler for this machine, \
is not installed [compile/no-compiler]
  help: install dibkit without --omit=optional, or leave the check out with --no-typecheck
`);
  expect(checked.exitCode).toBe(1);
  const trusted = await dibkit(["compile", "--no-typecheck", "web.ts"], { cwd, env });
  expect(trusted.exitCode).toBe(0);
});

function dataUrl(module: string): string {
  return `data:text/javascript,${encodeURIComponent(module)}`;
}
