import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Diagnostic, loadCatalog, upstreamInstallation } from "@dibkit/model";
import { afterAll, expect, it } from "vitest";
import { type ExampleTree, lint, planFixes, rules, writeFixes } from "../src/index.js";

const root = mkdtempSync(join(tmpdir(), "dibkit-fixes-agree-"));
afterAll(() => rmSync(root, { recursive: true }));

async function findings(directory: string): Promise<readonly Diagnostic[]> {
  const catalog = loadCatalog([directory]);
  const { diagnostics } = await lint({
    catalog,
    elements: [...catalog.elements.values()],
    configuration: { preset: "all" },
  });
  return diagnostics;
}

/** Codes by the file they are about; a file that a repair renames keeps its old name. */
function codesOf(diagnostics: readonly Diagnostic[], renamed: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set(
    diagnostics.map(({ code, location }) => {
      const path = location?.source.path ?? "";
      return `${code} ${renamed.get(path) ?? path}`;
    }),
  );
}

/** Repairs until nothing is left to repair, and says which findings there are now that were not there before. */
async function broughtByFixes(directory: string, unsafe: boolean): Promise<readonly string[]> {
  const before = await findings(directory);
  const renamed = new Map<string, string>();
  // What a repair lets run may then show what else is wrong with it, which is why such a repair is not a safe one.
  const running = new Set<string>();
  let after = before;
  for (let round = 0; round < 5; round += 1) {
    const plan = planFixes(after, unsafe);
    if (plan.fixes.length === 0) break;
    expect(writeFixes(plan, () => undefined).problems).toEqual([]);
    for (const edit of plan.fixes.flatMap((fix) => fix.edits)) {
      if (edit.kind === "rename") renamed.set(edit.to, renamed.get(edit.path) ?? edit.path);
      if (edit.kind === "rename" || (edit.kind === "chmod" && edit.executable)) running.add(edit.path);
    }
    after = await findings(directory);
  }
  expect(planFixes(after, unsafe).fixes).toEqual([]);
  expect(unsafe ? 0 : running.size).toBe(0);
  const known = codesOf(before, renamed);
  const brought = [...codesOf(after, renamed)].filter((code) => !known.has(code));
  return brought.filter((code) => ![...running].some((path) => code.endsWith(` ${path}`)));
}

function onDisk(name: string, tree: ExampleTree): string {
  for (const [path, file] of Object.entries(tree)) {
    if (!path.includes("/") || (typeof file === "object" && "link" in file)) continue;
    const target = join(root, name, path);
    mkdirSync(dirname(target), { recursive: true });
    const content = typeof file === "string" ? file : file.content;
    writeFileSync(target, content, {
      mode: typeof file === "string" ? (content.startsWith("#!") ? 0o755 : 0o644) : file.mode,
    });
  }
  return join(root, name);
}

it.each(rules.flatMap((rule) => [false, true].map((unsafe) => [rule.id, unsafe] as const)))(
  "no repair of the examples of %s makes another rule complain (unsafe ones too: %s)",
  { timeout: 60_000 },
  async (id, unsafe) => {
    const { examples } = rules.find((rule) => rule.id === id) as (typeof rules)[number];
    for (const kind of ["bad", "good"] as const) {
      const directory = onDisk(`${id}-${kind}-${unsafe}`, examples[kind]);
      mkdirSync(directory, { recursive: true });
      expect(await broughtByFixes(directory, unsafe)).toEqual([]);
    }
  },
);

const upstream = upstreamInstallation(process.env);
if (upstream === undefined && process.env.CI) throw new Error("diskimage-builder is not installed");

it.skipIf(upstream === undefined)("no repair of upstream's tree does", { timeout: 300_000 }, async () => {
  for (const unsafe of [false, true]) {
    const copy = join(root, `upstream-${unsafe}`);
    cpSync((upstream as NonNullable<typeof upstream>).elements, copy, {
      recursive: true,
      filter: (path) => !path.includes("__pycache__"),
    });
    expect(await broughtByFixes(copy, unsafe)).toEqual([]);
  }
});
