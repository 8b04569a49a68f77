/** @import { TraceSlice } from "./trace-slices.js" */
/** @typedef {{ id: string, label: { element?: string }, slices: readonly TraceSlice[], outcome: string, reason?: string, seconds: number }} Row */
/** @typedef {{ at: number, message: string }} Note */
/** @type {{ seconds: number, colours: Record<string, string>, rows: readonly Row[], notes: readonly Note[] }} */
const data = JSON.parse(byId("data").textContent ?? "");
const total = data.seconds || 1;

/** @param {string} id */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {string} [text]
 */
function element(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

/** @param {Row} row */
function spent(row) {
  return row.slices.reduce((sum, slice) => sum + slice.seconds, 0);
}

function drawAxis() {
  const line = element("div", "");
  byId("axis").replaceChildren(element("b", "", "step"), element("b", "number", "seconds"), line);
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];
  // A mark and its number need some width, of which a telephone has little.
  const most = Math.max(2, Math.min(8, line.clientWidth / 60));
  const step = steps.find((one) => total / one <= most) ?? 7200;
  // The last number would stand out of the page.
  const last = total * (1 - 45 / Math.max(line.clientWidth, 46));
  for (let at = 0; at <= last; at += step) {
    const mark = element("span", "", `${+at.toFixed(1)} s`);
    mark.style.left = `${(100 * at) / total}%`;
    line.append(mark);
  }
}

/** @param {Row} row */
function drawRow(row) {
  const line = element("div", "row");
  const name = element("div", "name", row.id);
  name.append(element("small", "", row.label.element ?? "dibkit"));
  const bars = element("div", "bars");
  for (const slice of row.slices) {
    const bar = element("i", slice.kind);
    bar.style.left = `${(100 * slice.start) / total}%`;
    bar.style.width = `${(100 * slice.seconds) / total}%`;
    bar.style.background = data.colours[slice.kind] ?? "";
    bars.append(bar);
  }
  const words = [row.id, row.slices.map((slice) => `${slice.kind} ${slice.seconds.toFixed(3)} s`).join(", ")];
  if (row.reason) words.push(`ran because: ${row.reason}`);
  if (row.outcome === "cached") words.push(`took ${row.seconds.toFixed(1)} s when it ran`);
  line.title = words.join("\n");
  line.append(name, element("div", "number", spent(row).toFixed(2)), bars);
  return line;
}

/** @type {NodeListOf<HTMLButtonElement>} */
const buttons = document.querySelectorAll("button[data-order]");

/** @param {string | undefined} order */
function show(order) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.order === order));
  const rows = order === "seconds" ? [...data.rows].sort((a, b) => spent(b) - spent(a)) : data.rows;
  byId("rows").replaceChildren(...rows.map(drawRow));
}

for (const button of buttons) button.onclick = () => show(button.dataset.order);
const notes = data.notes.map((note) => element("li", "", `${note.at.toFixed(1)} s  ${note.message}`));
byId("notes").replaceChildren(...notes);
addEventListener("resize", drawAxis);
drawAxis();
show("time");
