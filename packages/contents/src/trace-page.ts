import type { BuildTimeline } from "@dibkit/runner";
import { escapeHtml, renderPage } from "./html-page.js";
import { type SliceKind, traceRows, traceTotals } from "./trace-slices.js";

const KINDS: readonly { readonly kind: SliceKind; readonly colour: string; readonly meaning: string }[] = [
  { kind: "ran", colour: "#3a86c8", meaning: "ran" },
  { kind: "cached", colour: "#7cb518", meaning: "cached" },
  { kind: "waited", colour: "#c9c9c9", meaning: "waited for environment.d and the cache" },
  { kind: "kept", colour: "#f0a202", meaning: "its layer was measured and kept" },
  { kind: "failed", colour: "#d1495b", meaning: "failed or interrupted" },
];

/** The build as rows of bars over time, as one self-contained page. */
export function tracePage(image: string, timeline: BuildTimeline): string {
  const totals = traceTotals(timeline);
  const seconds = (value: number) => `${value.toFixed(1)} s`;
  const summary = [
    `${timeline.started.slice(0, 19).replace("T", " ")}: ${timeline.status} in ${seconds(totals.seconds)}`,
    `${seconds(totals.ran)} ran`,
    `${seconds(totals.waited)} waited`,
    `${seconds(totals.kept)} kept layers`,
    `${seconds(totals.cached)} for cached steps that took ${seconds(totals.saved)} when they ran`,
  ];
  const legend = KINDS.map(({ colour, meaning }) => `<span><i style="background:${colour}"></i>${meaning}</span>`);
  return renderPage({
    title: `Build of ${image}`,
    style: STYLE,
    body: `<h1>Build of ${escapeHtml(image)}</h1>
<p>${escapeHtml(summary.join(" · "))}</p>
<div><button data-order="time" aria-pressed="true">in order</button><button data-order="seconds">longest first</button></div>
<div id="legend">${legend.join("")}</div>
<div id="axis"></div>
<div id="rows"></div>
<ul id="notes"></ul>`,
    data: {
      seconds: totals.seconds,
      colours: Object.fromEntries(KINDS.map(({ kind, colour }) => [kind, colour])),
      rows: traceRows(timeline).map(({ step, slices }) => ({ ...step, slices })),
      notes: timeline.notes,
    },
    script: SCRIPT,
  });
}

const STYLE = `
#legend { margin: .7rem 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
#legend i { display: inline-block; width: .8em; height: .8em; margin-right: .35em; }
.row { display: grid; grid-template-columns: minmax(12rem, 24rem) 5rem 1fr; gap: .6rem; border-bottom: 1px solid var(--line); }
.row:hover { background: #8882; }
.name { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.name small { color: var(--quiet); margin-left: .5em; }
.bars, #axis div { position: relative; height: 1.35rem; }
.bars i { position: absolute; top: .2rem; bottom: .2rem; min-width: 1px; }
#axis { display: grid; grid-template-columns: minmax(12rem, 24rem) 5rem 1fr; gap: .6rem; position: sticky; top: 0; background: Canvas; }
#axis span { position: absolute; color: var(--quiet); border-left: 1px solid var(--line); padding-left: .2rem; font-size: 12px; white-space: nowrap; }
`;

const SCRIPT = String.raw`
const byId = (id) => document.getElementById(id);
const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text ?? "" });
const spent = (row) => row.slices.reduce((sum, slice) => sum + slice.seconds, 0);
const total = data.seconds || 1;

function drawAxis() {
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600];
  const step = steps.find((one) => total / one <= 8) ?? 7200;
  const line = element("div", "");
  for (let at = 0; at <= total; at += step) {
    const mark = element("span", "", +at.toFixed(1) + " s");
    mark.style.left = 100 * at / total + "%";
    line.append(mark);
  }
  byId("axis").replaceChildren(element("b", "", "step"), element("b", "number", "seconds"), line);
}

function drawRow(row) {
  const line = element("div", "row");
  const name = element("div", "name", row.id);
  name.append(element("small", "", row.label.element ?? "dibkit"));
  const bars = element("div", "bars");
  for (const slice of row.slices) {
    const bar = element("i", slice.kind);
    bar.style.left = 100 * slice.start / total + "%";
    bar.style.width = 100 * slice.seconds / total + "%";
    bar.style.background = data.colours[slice.kind];
    bars.append(bar);
  }
  const parts = row.slices.map((slice) => slice.kind + " " + slice.seconds.toFixed(3) + " s");
  line.title = [row.id, parts.join(", "), row.reason ? "ran because: " + row.reason : "", row.outcome === "cached" ? "took " + row.seconds.toFixed(1) + " s when it ran" : ""].filter(Boolean).join("\n");
  line.append(name, element("div", "number", spent(row).toFixed(2)), bars);
  return line;
}

function show(order) {
  for (const button of document.querySelectorAll("button[data-order]"))
    button.setAttribute("aria-pressed", String(button.dataset.order === order));
  const rows = order === "seconds" ? [...data.rows].sort((a, b) => spent(b) - spent(a)) : data.rows;
  byId("rows").replaceChildren(...rows.map(drawRow));
}

drawAxis();
for (const button of document.querySelectorAll("button[data-order]")) button.onclick = () => show(button.dataset.order);
byId("notes").replaceChildren(...data.notes.map((note) => element("li", "", note.at.toFixed(1) + " s  " + note.message)));
show("time");
`;
