import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { lastNameOf } from "@dibkit/model";
import { escapeHtml, renderPage } from "./html-page.js";
import { SIZE_PAGE_SCRIPT } from "./size-page-js.js";
import type { SizeNode } from "./size-tree.js";

/** A treemap that can be walked into, one for each grouping, as one self-contained page. */
export function sizePage(image: string, trees: Readonly<Record<string, SizeNode>>): string {
  // Pages are shown to others, whom directories of the builder tell nothing.
  const shown = lastNameOf(image);
  const names = Object.keys(trees);
  const buttons = names.map((name) => `<button data-group="${name}">by ${name}</button>`).join("");
  return renderPage({
    title: `Size of ${shown}`,
    style: STYLE,
    body: `<h1>Size of ${escapeHtml(shown)}</h1>
<p id="summary"></p>
<div>${buttons}</div>
<nav id="trail"></nav>
<div id="map"></div>
<table><thead><tr><th>part</th><th class="number">size</th><th class="number">share</th></tr></thead><tbody id="rows"></tbody></table>`,
    data: trees,
    script: `${layoutLibrary()}\n${SIZE_PAGE_SCRIPT}`,
  });
}

/** The treemap layout of d3, as the one file it publishes for pages. */
function layoutLibrary(): string {
  const entry = createRequire(import.meta.url).resolve("d3-hierarchy");
  return readFileSync(new URL("../dist/d3-hierarchy.min.js", `file://${entry}`), "utf8");
}

const STYLE = `
#trail { margin: .8rem 0 .3rem; min-height: 1.8rem; }
#map { position: relative; height: 62vh; min-height: 320px; overflow: hidden; }
#map div { position: absolute; box-sizing: border-box; overflow: hidden; border: 1px solid #fff8; color: #111;
  font-size: 12px; line-height: 16px; padding: 1px 4px; white-space: nowrap; text-overflow: ellipsis; }
#map div.group { font-weight: 600; }
#map div.open { cursor: zoom-in; }
`;
