import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { escapeHtml, renderPage } from "./html-page.js";
import type { SizeNode } from "./size-tree.js";

/** A treemap that can be walked into, one for each grouping, as one self-contained page. */
export function sizePage(image: string, trees: Readonly<Record<string, SizeNode>>): string {
  const names = Object.keys(trees);
  const buttons = names.map((name) => `<button data-group="${name}">by ${name}</button>`).join("");
  return renderPage({
    title: `Size of ${image}`,
    style: STYLE,
    body: `<h1>Size of ${escapeHtml(image)}</h1>
<p id="summary"></p>
<div>${buttons}</div>
<nav id="trail"></nav>
<div id="map"></div>
<table><thead><tr><th>part</th><th class="number">size</th><th class="number">share</th></tr></thead><tbody id="rows"></tbody></table>`,
    data: trees,
    script: `${layoutLibrary()}\n${SCRIPT}`,
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

const SCRIPT = String.raw`
const colours = ["#8ecae6", "#ffb703", "#a7c957", "#f4978e", "#cdb4db", "#90e0c1", "#e9c46a", "#b8c0ff", "#f6bd60", "#84a98c"];
const byId = (id) => document.getElementById(id);
const size = (bytes) => {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let step = 0;
  while (bytes >= 1024 && step < units.length - 1) { bytes /= 1024; step += 1; }
  return (step === 0 ? bytes : bytes.toFixed(1)) + " " + units[step];
};
let group = Object.keys(data)[0];
let trail = [];

function show() {
  const top = data[group];
  const node = trail.at(-1) ?? top;
  byId("summary").textContent = size(node.bytes) + (node === top ? " of files" : " of " + size(top.bytes));
  for (const button of document.querySelectorAll("button[data-group]"))
    button.setAttribute("aria-pressed", String(button.dataset.group === group));
  byId("trail").replaceChildren(...[top, ...trail].map((one, index) => {
    const button = document.createElement("button");
    button.textContent = index === 0 ? "whole image" : one.name;
    button.onclick = () => { trail = trail.slice(0, index); show(); };
    return button;
  }));
  drawMap(node);
  byId("rows").replaceChildren(...(node.children ?? [node]).slice(0, 40).map((child) => {
    const row = document.createElement("tr");
    for (const [index, text] of [child.name, size(child.bytes), (100 * child.bytes / (top.bytes || 1)).toFixed(1) + " %"].entries()) {
      const cell = row.insertCell();
      cell.textContent = text;
      if (index > 0) cell.className = "number";
    }
    return row;
  }));
}

function drawMap(node) {
  const map = byId("map");
  const root = d3.hierarchy(node, (one) => one.children).sum((one) => one.children ? 0 : one.bytes);
  d3.treemap().size([map.clientWidth, map.clientHeight]).paddingTop((one) => one.depth === 1 && one.children ? 18 : 0).paddingInner(1)(root);
  const cells = root.descendants().filter((one) => (one.depth === 1 || one.depth === 2 || one === root && !one.children) && one.x1 - one.x0 > 2 && one.y1 - one.y0 > 2);
  map.replaceChildren(...cells.map((one) => {
    const cell = document.createElement("div");
    const path = one.ancestors().slice(0, -1).reverse();
    const first = path[0] ?? one;
    const number = (root.children ?? []).indexOf(first);
    cell.style.cssText = "left:" + one.x0 + "px;top:" + one.y0 + "px;width:" + (one.x1 - one.x0) + "px;height:" + (one.y1 - one.y0) + "px;background:" + colours[Math.max(number, 0) % colours.length];
    if (one.depth === 2) cell.style.filter = "brightness(1.08)";
    if (one.depth === 1 && one.children) cell.classList.add("group");
    cell.title = path.map((part) => part.data.name).join(" / ") + "\n" + size(one.data.bytes);
    if (one.x1 - one.x0 > 30 && one.y1 - one.y0 > 15) cell.textContent = one.data.name + "  " + size(one.data.bytes);
    if (first.children) {
      cell.classList.add("open");
      cell.onclick = () => { trail = [...trail, first.data]; show(); };
    }
    return cell;
  }));
}

for (const button of document.querySelectorAll("button[data-group]"))
  button.onclick = () => { group = button.dataset.group; trail = []; show(); };
addEventListener("resize", show);
show();
`;
