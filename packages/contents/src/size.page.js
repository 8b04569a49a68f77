/** @import { SizeNode } from "./size-tree.js" */
/** @import { HierarchyNode, HierarchyRectangularNode } from "d3-hierarchy" */
/** @type {Record<string, SizeNode>} */
const data = JSON.parse(byId("data").textContent ?? "");
/** @type {typeof import("d3-hierarchy")} */
const { hierarchy, treemap } = /** @type {any} */ (globalThis).d3;
const colours = ["#8ecae6", "#ffb703", "#a7c957", "#f4978e", "#cdb4db", "#90e0c1", "#e9c46a", "#b8c0ff", "#f6bd60"];
const ROWS = 40;

let group = Object.keys(data)[0] ?? "";
/** @type {readonly SizeNode[]} */
let trail = [];

/** @param {string} id */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}

/** @param {number} bytes */
function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let step = 0;
  let value = bytes;
  while (value >= 1024 && step < units.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${step === 0 ? value : value.toFixed(1)} ${units[step]}`;
}

/** @type {NodeListOf<HTMLButtonElement>} */
const buttons = document.querySelectorAll("button[data-group]");

function show() {
  const top = data[group];
  if (top === undefined) return;
  const node = trail.at(-1) ?? top;
  byId("summary").textContent = size(node.bytes) + (node === top ? " of files" : ` of ${size(top.bytes)}`);
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.group === group));
  byId("trail").replaceChildren(
    ...[top, ...trail].map((one, index) => crumb(index === 0 ? "whole image" : one.name, index)),
  );
  drawMap(node);
  byId("rows").replaceChildren(...(node.children ?? [node]).slice(0, ROWS).map((child) => row(child, top)));
}

/**
 * @param {string} name
 * @param {number} depth
 */
function crumb(name, depth) {
  const button = document.createElement("button");
  button.textContent = name;
  button.onclick = () => {
    trail = trail.slice(0, depth);
    show();
  };
  return button;
}

/**
 * @param {SizeNode} child
 * @param {SizeNode} top
 */
function row(child, top) {
  const line = document.createElement("tr");
  const share = `${((100 * child.bytes) / (top.bytes || 1)).toFixed(1)} %`;
  for (const [index, text] of [child.name, size(child.bytes), share].entries()) {
    const cell = line.insertCell();
    cell.textContent = text;
    if (index > 0) cell.className = "number";
  }
  return line;
}

/** @param {SizeNode} node */
function drawMap(node) {
  const map = byId("map");
  const sum = hierarchy(node, (one) => one.children).sum((one) => (one.children ? 0 : one.bytes));
  const layout = /** @type {import("d3-hierarchy").TreemapLayout<SizeNode>} */ (treemap());
  const root = layout
    .size([map.clientWidth, map.clientHeight])
    .paddingTop((one) => (one.depth === 1 && one.children ? 18 : 0))
    .paddingInner(1)(sum);
  const isShown = (/** @type {HierarchyRectangularNode<SizeNode>} */ one) =>
    one.depth === 1 || one.depth === 2 || (one === root && !one.children);
  const cells = root.descendants().filter((one) => isShown(one) && one.x1 - one.x0 > 2 && one.y1 - one.y0 > 2);
  map.replaceChildren(...cells.map((one) => rectangle(one, root)));
}

/**
 * @param {HierarchyRectangularNode<SizeNode>} one
 * @param {HierarchyNode<SizeNode>} root
 */
function rectangle(one, root) {
  const cell = document.createElement("div");
  const path = one.ancestors().slice(0, -1).reverse();
  const first = path[0] ?? one;
  const number = (root.children ?? []).indexOf(first);
  Object.assign(cell.style, {
    left: `${one.x0}px`,
    top: `${one.y0}px`,
    width: `${one.x1 - one.x0}px`,
    height: `${one.y1 - one.y0}px`,
    background: colours[Math.max(number, 0) % colours.length],
  });
  if (one.depth === 2) cell.style.filter = "brightness(1.08)";
  if (one.depth === 1 && one.children) cell.classList.add("group");
  cell.title = `${path.map((part) => part.data.name).join(" / ")}\n${size(one.data.bytes)}`;
  if (one.x1 - one.x0 > 30 && one.y1 - one.y0 > 15) cell.textContent = `${one.data.name}  ${size(one.data.bytes)}`;
  if (first.children) {
    cell.classList.add("open");
    cell.onclick = () => {
      trail = [...trail, first.data];
      show();
    };
  }
  return cell;
}

for (const button of buttons) {
  button.onclick = () => {
    group = button.dataset.group ?? group;
    trail = [];
    show();
  };
}
addEventListener("resize", show);
show();
