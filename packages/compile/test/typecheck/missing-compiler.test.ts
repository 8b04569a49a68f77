import { register } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileProject } from "../../src/compile-project.js";
import { project } from "../project.js";

/** Makes Node find no compiler, as after \`npm install --omit=optional\`; for the rest of this process. */
const HOOKS = `export async function resolve(specifier, context, next) {
  if (specifier.startsWith("@typescript/typescript-")) throw new Error("not installed");
  return next(specifier, context);
}`;

test("says how to get a compiler that npm left out, and compiles without", async () => {
  register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
  const web =
    'import { defineElement } from "@dibkit/model";\nexport const web = defineElement("web", { summary: "x" });\n';
  const cwd = project({ "web.ts": web });
  process.env.XDG_CACHE_HOME = join(cwd, "cache");
  const options = { entries: ["web.ts"], outDir: "out", cwd };
  const checked = await compileProject(options);
  expect(checked.written).toBe(false);
  expect(checked.diagnostics).toEqual([
    {
      code: "compile/no-compiler",
      severity: "error",
      message: `types cannot be checked: "@typescript/typescript-${process.platform}-${process.arch}", the TypeScript compiler for this machine, is not installed`,
      help: "install dibkit without --omit=optional, or leave the check out with --no-typecheck",
    },
  ]);
  expect((await compileProject({ ...options, typecheck: false })).written).toBe(true);
});
