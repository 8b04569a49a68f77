import type { BuildTimeline } from "@dibkit/runner";
import { openStore, storeOptions } from "../building/open-store.js";
import { defineCommand } from "../command.js";
import { buildOf } from "../open-contents.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "trace",
  group: "inspect",
  summary: "show where the time of a build went: what ran, what was cached, what waited",
  arguments: [
    { name: "IMAGE", summary: "output of a build or its id, ~1 for the build before (default: the newest build)" },
  ],
  options: {
    format: {
      type: "string",
      value: "FORMAT",
      choices: ["table", "json", "html"],
      default: "table",
      summary: "how to print it; json is for Chrome's trace viewer and Perfetto, html a page of its own",
    },
    ...storeOptions,
  },
  examples: [
    { command: "dibkit trace", does: "lists the steps of the newest build with their times" },
    { command: "dibkit trace debian.qcow2 --format html > build.html", does: "writes the timeline as a page" },
    { command: "dibkit trace --format json > build.json", does: "writes a file for chrome://tracing or Perfetto" },
  ],
  async run({ arguments: words, options }, terminal) {
    const { chromeTrace, pastTimeline, tracePage } = await import("@dibkit/contents");
    const store = await openStore(terminal, options.cacheDir);
    const build = await buildOf(terminal, store, words.IMAGE, { unfinished: true });
    if (build === undefined) return 2;
    const timeline = await pastTimeline(store, build);
    if (timeline === undefined) {
      const why = `build ${build.record.id} of "${build.record.image}" kept no times: it runs still, or was killed`;
      return usageFailure(terminal, why, 'name an older one with "~1", or build again');
    }
    if (options.format === "html") terminal.stdout.write(tracePage(build.record.image, timeline));
    else if (options.format === "json") terminal.stdout.write(`${JSON.stringify(chromeTrace(timeline), null, 1)}\n`);
    else terminal.stdout.write(await renderTable(timeline));
    return 0;
  },
});

async function renderTable(timeline: BuildTimeline): Promise<string> {
  const { traceRows, traceSummary } = await import("@dibkit/contents");
  const cell = (seconds: number) => (seconds < 0.005 ? "" : seconds.toFixed(2)).padStart(8);
  const lines = traceRows(timeline).map(({ step, slices }) => {
    const spent = (...kinds: readonly string[]) =>
      cell(slices.filter(({ kind }) => kinds.includes(kind)).reduce((sum, { seconds }) => sum + seconds, 0));
    const why = step.outcome === "cached" ? `cached, saved ${step.seconds.toFixed(1)} s` : (step.reason ?? "");
    const note = step.outcome === "failed" || step.outcome === "interrupted" ? step.outcome : why;
    const name = `${step.id} of ${step.label.element ?? "dibkit"}`;
    const columns = [cell(step.end), spent("waited", "cached"), spent("ran", "failed"), spent("kept")];
    return `${columns.join("")}  ${name}${note === "" ? "" : `  (${note})`}\n`;
  });
  const head = `${["at", "waited", "ran", "kept"].map((word) => word.padStart(8)).join("")}  step\n`;
  return `${head}${lines.join("")}${timeline.status} in ${timeline.seconds.toFixed(1)} s: ${traceSummary(timeline).join(", ")}\n`;
}
