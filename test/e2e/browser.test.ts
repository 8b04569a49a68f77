import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lintElements } from "../../packages/lint/src/browser-core.js";
import { createCatalog, elementsFromTexts } from "../../packages/model/src/browser-core.js";
import { askPage, whyNoBrowser } from "./browser-page.js";

const require = createRequire(import.meta.url);
const compiled = (path: string) => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url));

/** What web-tree-sitter imports where it has found out that it runs in Node. */
const ONLY_IN_NODE = ["fs/promises", "module"];

// Something for every parser: of bash, YAML, JSON and Containerfiles, and of a graph that is none.
const TREE = {
  "web/element-deps": "package-installs\nnowhere\nsite\n",
  "site/element-deps": "web\n",
  "web/README.rst": "===\nweb\n===\n\nA web server.\n",
  "web/package-installs.yaml": "nginx:\n  phase: root.d\n",
  "web/pkg-map": '{"default": {"nginx": "nginx",}}\n',
  "web/files/site.yaml": "a: [1, 2\n",
  "web/containerfiles/jammy": "FORM docker.io/library/ubuntu\n",
  "web/install.d/50-web": "#!/bin/bash\nif true; then echo $UNKNOWN_THING\n",
  "web/environment.d/10-web": "export PORT=${PORT:-80}\nexit 0\n",
  "package-installs/README.rst": "================\npackage-installs\n================\n",
};

let scratch: string;
let bundle: { readonly code: string; readonly imports: readonly string[] };

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "dibkit-e2e-browser-"));
  const entry = join(scratch, "entry.mjs");
  const parts = ["lint/dist/browser-core.js", "model/dist/browser-core.js", "shell/dist/index.js"];
  writeFileSync(entry, parts.map((part) => `export * from ${JSON.stringify(compiled(part))};\n`).join(""));
  // As any bundler does it for a page: with the `browser` fields, and nothing of Node's taken for granted.
  const bundler = await rolldown({
    input: entry,
    platform: "browser",
    external: [/^node:/, ...ONLY_IN_NODE],
    onLog: () => {},
  });
  const { output } = await bundler.generate({ format: "esm", codeSplitting: false });
  const [chunk] = output;
  bundle = { code: chunk.code, imports: [...chunk.imports, ...chunk.dynamicImports] };
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("a bundle of the cores of model and lint needs nothing of Node", () => {
  expect(bundle.imports.filter((name) => name.startsWith("node:"))).toEqual([]);
  expect([...bundle.code.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)].map(([, name]) => name).sort()).toEqual(
    ONLY_IN_NODE,
  );
});

describe.skipIf(whyNoBrowser !== undefined)(`in a browser${whyNoBrowser ? ` (${whyNoBrowser})` : ""}`, () => {
  test("the linter finds in a page what it finds here", async () => {
    const wasm = (name: string) => JSON.stringify(readFileSync(require.resolve(name)).toString("base64"));
    const code = bundle.code.replaceAll("</script", "<\\/script");
    const page = `<!doctype html><html><meta charset="utf-8"><script type="module">${code}
      const answer = (found) => fetch("/answer", { method: "POST", body: JSON.stringify(found) });
      const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
      try {
        await initShell({ parser: bytes(${wasm("web-tree-sitter/tree-sitter.wasm")}), grammar: bytes(${wasm("tree-sitter-bash/tree-sitter-bash.wasm")}) });
        const catalog = createCatalog([{ path: "/elements", elements: elementsFromTexts(${JSON.stringify(TREE)}) }]);
        const { diagnostics } = await lintElements({ catalog, elements: [...catalog.elements.values()] });
        await answer(diagnostics.map(({ code, message }) => [code, message]));
      } catch (error) { await answer("failed: " + error.stack); }
      </script></html>`;
    const answer = await askPage(scratch, page);
    const catalog = createCatalog([{ path: "/elements", elements: elementsFromTexts(TREE) }]);
    const { diagnostics } = await lintElements({ catalog, elements: [...catalog.elements.values()] });
    const here = diagnostics.map(({ code, message }) => [code, message]);
    expect(JSON.parse(answer)).toEqual(here);
    const codes = new Set(here.map(([code]) => code));
    for (const code of ["deps-acyclic", "yaml-syntax", "containerfile-syntax", "env-exit"])
      expect(codes, code).toContain(code);
  });
});
