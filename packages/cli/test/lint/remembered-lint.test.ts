import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LintTools } from "@dibkit/lint";
import { loadCatalog, positionAt, textOf, upstreamInstallation } from "@dibkit/model";
import { initShell, parse } from "@dibkit/shell";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openContentStore } from "../../src/lint/content-store.js";
import { openLintSession } from "../../src/lint/lint-session.js";
import { lintTools } from "../../src/lint/lint-tools.js";
import { rememberedLint } from "../../src/lint/remembered-lint.js";
import { openShellFacts } from "../../src/lint/shell-facts.js";
import { runCli } from "../run-cli.js";
import { CLEAN, type ScratchProject, scratchProject } from "./scratch-project.js";

let project: ScratchProject;
let cache: ScratchProject;
let env: Readonly<Record<string, string | undefined>>;
beforeEach(() => {
  project = scratchProject();
  cache = scratchProject();
  env = { ...process.env, XDG_CACHE_HOME: cache.root };
  for (const [path, content] of Object.entries(CLEAN)) project.write(path, content);
});
afterEach(() => {
  project.clear();
  cache.clear();
});

/** Findings of a run, as if all files had been written a while ago, and whether any script had to be looked at. */
async function run(only: readonly string[] = []) {
  const session = await openLintSession({ cwd: project.root, env }, { paths: [], elementsPath: [] });
  if (!session.ok) throw new Error("no session");
  let asked = false;
  const own = lintTools(session.value, { env, stderr: process.stderr });
  const shellcheck = async () => {
    asked = true;
    return new Map();
  };
  const tools: LintTools = { ...own, shellcheck };
  const result = await rememberedLint({
    session: session.value,
    only,
    tools,
    terminal: { env, stderr: process.stderr },
    now: Date.now() + 10_000,
  });
  const found = result.diagnostics.map(({ code, location }) => {
    if (location === undefined) return code;
    const { line } = positionAt(location.source, location.start);
    return `${location.source.path.slice(project.root.length + 1)}:${line} ${code}`;
  });
  return { found, asked };
}

describe("findings of an unchanged tree", () => {
  const SCRIPT = "elements/web/install.d/50-web";
  beforeEach(() => project.write(SCRIPT, "#!/bin/bash\nset -eu\nset -o pipefail\nwhich nginx\n"));
  const finding = `${SCRIPT}:4 script-which`;

  it("are the same, and nobody is asked again", async () => {
    expect(await run()).toEqual({ found: [finding], asked: true });
    expect(await run()).toEqual({ found: [finding], asked: false });
    rmSync(join(cache.root, "dibkit"), { recursive: true });
    expect(await run()).toEqual({ found: [finding], asked: true });
  });

  it.each<[string, () => void, readonly string[]]>([
    [
      "a content of the same length",
      () => project.write(SCRIPT, "#!/bin/bash\nset -eu\nset -o pipefail\ncat   nginx\n"),
      [],
    ],
    ["a mode", () => chmodSync(join(project.root, SCRIPT), 0o644), [`${SCRIPT}:1 script-executable`, finding]],
    [
      "a new file",
      () => project.write("elements/web/element-deps", "none\n"),
      ["elements/web/element-deps:1 deps-known", finding],
    ],
    [
      "an element that is gone",
      () => rmSync(join(project.root, "elements/site-base"), { recursive: true }),
      ["elements/web/element-deps:1 deps-known", finding],
    ],
    ["a setting", () => project.write(".dibkitrc.json", '{ "rules": { "script-which": "off" } }'), []],
  ])("are found anew after %s has changed", async (_what, change, expected) => {
    expect((await run()).found).toEqual([finding]);
    change();
    expect(await run()).toEqual({ found: expected, asked: true });
    expect(await run()).toEqual({ found: expected, asked: false });
  });

  it("are found anew when a text outside of the elements that was read has changed", async () => {
    project.write("setup.cfg", "");
    project.write(SCRIPT, "#!/bin/bash\nset -eu\nset -o pipefail\necho $SITE_A\n");
    expect((await run()).found).toEqual([`${SCRIPT}:4 env-set`]);
    expect((await run()).asked).toBe(false);
    project.write("build.sh", "#!/bin/sh\nexport SITE_A=1\n");
    expect((await run()).found).toEqual([]);
  });

  it("are others with other rules, and not kept while files are written", async () => {
    expect((await run()).found).toEqual([finding]);
    expect((await run(["deps-known"])).found).toEqual([]);
    rmSync(join(cache.root, "dibkit"), { recursive: true });
    await runCli(["lint"], { cwd: project.root, env });
    expect(existsSync(join(cache.root, "dibkit/lint/results"))).toBe(false);
  });
});

it("gives back what upstream's scripts say", async () => {
  const upstream = upstreamInstallation(process.env);
  if (upstream === undefined) throw new Error("diskimage-builder is not installed");
  await initShell();
  const texts = [...loadCatalog([upstream.elements]).elements.values()].flatMap((element) =>
    [...element.files.values()].flatMap((file) =>
      file.kind === "file" && /^[\w-]+\.d\//.test(file.path) ? [textOf(element, file).text] : [],
    ),
  );
  expect(texts.length).toBeGreaterThan(200);
  const facts = openShellFacts(env);
  for (const text of texts) facts.set(text, parse({ path: "", text }));
  facts.save();
  const kept = openShellFacts(env);
  for (const text of texts) expect(kept.get(text)).toEqual(parse({ path: "", text }));
});

describe("a content store", () => {
  const open = (version = "1", mostBytes = 1_000) => openContentStore(env, { name: "test", version, mostBytes });
  const file = () => join(cache.root, "dibkit/lint/test");

  it("gives back what was put into it, to the same version", () => {
    const store = open();
    expect(store.get("a")).toBeUndefined();
    store.set("a", "ä\n\n{}");
    store.set("b", "");
    expect(store.get("a")).toBe("ä\n\n{}");
    store.save();
    expect([open().get("a"), open().get("b"), open().get("c")]).toEqual(["ä\n\n{}", "", undefined]);
    expect(open("2").get("a")).toBeUndefined();
  });

  it("drops first what was not used", () => {
    const first = open();
    for (const key of ["a", "b", "c"]) first.set(key, key.repeat(300));
    first.save();
    const second = open();
    expect(second.get("c")).toHaveLength(300);
    second.set("d", "d".repeat(300));
    second.save();
    const third = open();
    expect(["a", "b", "c", "d"].map((key) => third.get(key)?.length)).toEqual([300, undefined, 300, 300]);
  });

  it.each(["", "1", "1\n", "1\n[", "1\n[]\n", "\0\0\n\0\n"])("begins anew with a file of %j", (damaged) => {
    const store = open();
    store.set("a", "x");
    store.save();
    writeFileSync(file(), damaged);
    const again = open();
    expect(again.get("a")).toBeUndefined();
    again.set("a", "y");
    again.save();
    expect(open().get("a")).toBe("y");
    expect(readFileSync(file(), "utf8")).toMatch(/^1\n\[\["a",0,1\]\]\ny$/);
  });
});
