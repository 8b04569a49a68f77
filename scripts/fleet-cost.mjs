// What a fleet costs its registry, on paper: traffic and space for so many builds a day, from the figures of
// `bench/fleet.mjs` (bench/fleet-figures.json) and what is assumed of the fleet.
// node scripts/fleet-cost.mjs [--builds N] [--builders N] [--images N] [--edits N] [--churn N] [--days N] [--fresh SHARE]
//   [--shared SHARE] [--link MBIT] [--figures FILE]
// The table in docs/fleet.md is that of the defaults; `npm run gen` writes it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

export const FIGURES = fileURLToPath(new URL("../bench/fleet-figures.json", import.meta.url));

/** What is assumed of a fleet; `churn` is how often a day mirrors have a new state for every image. */
export const ASSUMED = {
  ...{ builds: 1000, builders: 50, images: 20, edits: 100, churn: 1, days: 30 },
  // Shares of builds on builders that start empty, and of an image's bytes that others have too; Mbit/s of a link.
  ...{ fresh: 0.2, shared: 0.6, link: 1000 },
};

/** How much more of a day's builds come in its busiest time than on average. */
const PEAK = 8;
const DAY = 86_400;

/** What it comes to, without outputs (`min`) or with them (`max`): bytes, bits a second, requests. */
export function fleetCost({ builds, builders, images, edits, churn, days, fresh, shared, link }, figures, mode) {
  const { layerBytes, editBytes, coldSeconds, secondSeconds, requestsPerBuild } = figures;
  const outputBytes = mode === "max" ? figures.outputBytes : 0;
  const empty = builds * fresh;
  const kept = builds - empty;
  // A builder that keeps its store brings what is new once: all of an image after churn, else what follows an edit.
  const buildersOfImage = Math.min(builders, builds / images);
  const afterChurn = Math.min(kept, images * churn * buildersOfImage);
  const afterEdit = Math.min(kept - afterChurn, edits * buildersOfImage);
  const whole = empty + afterChurn;
  const down = whole * layerBytes + afterEdit * editBytes + (whole + afterEdit) * outputBytes;
  const fullSet = layerBytes * (shared + images * (1 - shared)) + images * outputBytes;
  const up = edits * (editBytes + outputBytes) + churn * fullSet;
  const peak = ((down * 8) / DAY) * PEAK;
  return {
    ...{ down, up, peak, average: (down * 8) / DAY, space: fullSet + days * up },
    linkShare: peak / (link * 1e6),
    requestsAtPeak: ((builds * requestsPerBuild) / DAY) * PEAK,
    hoursSaved: (builds * (coldSeconds - secondSeconds)) / 3600,
  };
}

function scale(value, units) {
  let at = 0;
  for (; value >= 1000 && at < units.length - 1; at += 1) value /= 1000;
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[at]}`;
}
const bytes = (value) => scale(value, ["B", "kB", "MB", "GB", "TB"]);
const bits = (value) => scale(value, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"]);
const percent = (value) => `${(value * 100).toFixed(0)} %`;

/** The assumptions, the figures and the result, as Markdown. */
export function fleetTable(assumed, figures) {
  const [min, max] = ["min", "max"].map((mode) => fleetCost(assumed, figures, mode));
  const { builds, builders, images, edits, churn, days, fresh, shared, link } = assumed;
  const row = (name, show) => `| ${name} | ${show(min)} | ${show(max)} |`;
  const rows = [
    row("from the registry, a day", ({ down }) => bytes(down)),
    row(`on average; at a peak of ${PEAK} times that`, ({ average, peak }) => `${bits(average)}; ${bits(peak)}`),
    row(`share of a link of ${bits(link * 1e6)} at the peak`, ({ linkShare }) => percent(linkShare)),
    row("to the registry, a day: what it grows by", ({ up }) => bytes(up)),
    row(`space when unused tags are deleted after ${days} days`, ({ space }) => bytes(space)),
    row("requests a second at the peak", ({ requestsAtPeak }) => requestsAtPeak.toFixed(0)),
  ];
  return [
    `Assumed: ${builds} builds a day of ${images} images on ${builders} builders, ${edits} edits a day, a new state of the mirrors ${churn === 1 ? "once" : `${churn} times`} a day, ${percent(fresh)} of the builds on a builder that starts empty, ${percent(shared)} of an image's bytes shared with the others.`,
    `Measured of one image: ${bytes(figures.layerBytes)} in layers and ${bytes(figures.outputBytes)} of outputs, ${bytes(figures.editBytes)} of layers more after an edit of the last script of install.d, ${figures.requestsPerBuild} requests for ${figures.layers} layers; ${figures.coldSeconds} s cold and ${figures.secondSeconds} s from the registry, which saves ${min.hoursSaved.toFixed(0)} hours of building a day if all would be cold.`,
    "",
    "| | mode=min | mode=max |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => [name, { type: "string", default: String(ASSUMED[name]) }];
  const { values } = parseArgs({
    options: {
      ...Object.fromEntries(Object.keys(ASSUMED).map(option)),
      figures: { type: "string", default: FIGURES },
    },
  });
  const assumed = Object.fromEntries(Object.keys(ASSUMED).map((name) => [name, Number(values[name])]));
  const wrong = Object.keys(assumed).find((name) => !(assumed[name] >= 0 && Number.isFinite(assumed[name])));
  if (wrong === undefined) console.log(fleetTable(assumed, JSON.parse(readFileSync(values.figures, "utf8"))));
  else {
    console.error(`--${wrong} is "${values[wrong]}" but must be a number that is not negative`);
    process.exitCode = 2;
  }
}
