import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadCatalog } from "@dibkit/model";
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyReplacements, lint, planFixes, rules, writeFixes } from "../src/index.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "dibkit-fixes-"));
});
afterAll(() => rmSync(root, { recursive: true }));

/** Writes an example's files below a directory of its own. */
function onDisk(name: string, tree: (typeof rules)[number]["examples"]["bad"]): string {
  for (const [path, file] of Object.entries(tree)) {
    const target = join(root, name, path);
    mkdirSync(dirname(target), { recursive: true });
    if (typeof file === "object" && "link" in file) throw new Error("no example has links");
    const content = typeof file === "string" ? file : file.content;
    writeFileSync(target, content);
    chmodSync(target, typeof file === "string" ? (content.startsWith("#!") ? 0o755 : 0o644) : file.mode);
  }
  return join(root, name);
}

async function findings(directory: string, only: string) {
  const catalog = loadCatalog([directory]);
  const { diagnostics } = await lint({ catalog, elements: [...catalog.elements.values()], only: [only] });
  return diagnostics;
}

it.each(
  rules.filter((rule) => rule.examples.image === undefined && rule.examples.later === undefined).map((rule) => rule.id),
)("what %s repairs is not found again", async (id) => {
  const rule = rules.find((candidate) => candidate.id === id);
  const directory = onDisk(id, rule?.examples.bad ?? {});
  const before = await findings(directory, id);
  const plan = planFixes(before, true);
  if (plan.fixes.length === 0) return;
  const written = writeFixes(plan, () => undefined);
  expect(written.problems).toEqual([]);
  const after = await findings(directory, id);
  expect(after.length).toBeLessThan(before.length);
  // Repairing again changes nothing.
  expect(planFixes(after, true).fixes).toEqual([]);
});

it("drops fixes that touch what another one touches", () => {
  const source = { path: "/x", text: "abcdef" };
  const fix = (start: number, end: number, text: string, safe = true) => ({
    code: "x",
    severity: "error" as const,
    message: "x",
    location: { source, start, end },
    fix: { title: "x", safe, edits: [{ kind: "replace" as const, path: "/x", start, end, text }] },
  });
  const plan = planFixes([fix(1, 3, "B"), fix(2, 4, "C"), fix(4, 5, ""), fix(5, 6, "F", false)], false);
  expect(plan.dropped).toBe(1);
  const edits = plan.fixes.flatMap(({ edits }) => edits).flatMap((edit) => (edit.kind === "replace" ? [edit] : []));
  expect(applyReplacements(source.text, edits)).toBe("aBdf");
});

it("leaves files alone that are no UTF-8 or changed meanwhile, and keeps mode bits", () => {
  const path = join(root, "latin1");
  writeFileSync(path, Buffer.from([0x61, 0xe9, 0x62]));
  const plan = {
    fixes: [{ title: "x", safe: true, edits: [{ kind: "replace" as const, path, start: 0, end: 1, text: "z" }] }],
    dropped: 0,
  };
  expect(writeFixes(plan, () => undefined)).toEqual({
    changed: [],
    problems: [`"${path}" was not repaired: it is not UTF-8`],
  });
  writeFileSync(path, "abc");
  chmodSync(path, 0o750);
  expect(writeFixes(plan, () => "other").problems).toEqual([`"${path}" was not repaired: it changed in the meantime`]);
  expect(writeFixes(plan, () => "abc")).toEqual({ changed: [path], problems: [] });
  expect(readFileSync(path, "utf8")).toBe("zbc");
  expect(statSync(path).mode & 0o777).toBe(0o750);
});
