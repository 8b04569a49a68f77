import { lastNameOf } from "@dibkit/model";
import type { BuildTimeline } from "@dibkit/runner";
import { escapeHtml, renderPage } from "./html-page.js";
import { TRACE_PAGE_SCRIPT } from "./trace-page-js.js";
import { type SliceKind, traceRows, traceSummary, traceTotals } from "./trace-slices.js";

const KINDS: readonly { readonly kind: SliceKind; readonly colour: string; readonly meaning: string }[] = [
  { kind: "ran", colour: "#3a86c8", meaning: "ran" },
  { kind: "cached", colour: "#7cb518", meaning: "cached" },
  { kind: "waited", colour: "#c9c9c9", meaning: "waited for environment.d and the cache" },
  { kind: "kept", colour: "#f0a202", meaning: "its layer was measured and kept" },
  { kind: "failed", colour: "#d1495b", meaning: "failed or interrupted" },
];

/** The build as rows of bars over time, as one self-contained page. */
export function tracePage(image: string, timeline: BuildTimeline): string {
  // Pages are shown to others, whom directories of the builder tell nothing.
  const shown = lastNameOf(image);
  const totals = traceTotals(timeline);
  const summary = [
    `${timeline.started.slice(0, 19).replace("T", " ")}: ${timeline.status} in ${totals.seconds.toFixed(1)} s`,
    ...traceSummary(timeline),
  ];
  const legend = KINDS.map(({ colour, meaning }) => `<span><i style="background:${colour}"></i>${meaning}</span>`);
  return renderPage({
    title: `Build of ${shown}`,
    style: STYLE,
    body: `<h1>Build of ${escapeHtml(shown)}</h1>
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
    script: TRACE_PAGE_SCRIPT,
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
@media (max-width: 640px) {
  .row, #axis { grid-template-columns: 1fr 5rem; gap: 0 .6rem; }
  .bars, #axis div { grid-column: 1 / -1; }
}
#axis span { position: absolute; color: var(--quiet); border-left: 1px solid var(--line); padding-left: .2rem; font-size: 12px; white-space: nowrap; }
`;
