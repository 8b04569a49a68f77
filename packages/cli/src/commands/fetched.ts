import type { StepFetches } from "@dibkit/contents";
import { openStore, storeOptions } from "../building/open-store.js";
import { renderByteSize } from "../byte-size.js";
import { defineCommand } from "../command.js";
import { count } from "../count.js";
import { buildOf } from "../open-contents.js";

export default defineCommand({
  name: "fetched",
  group: "inspect",
  summary: "list what the scripts of a build fetched, with sizes and digests",
  description:
    'Known of scripts that ran with "--network recorded" or "--network none"; of a layer that is used again, from when it\nwas made.',
  arguments: [
    { name: "IMAGE", summary: "output of a build or its id, ~1 for the build before (default: the newest build)" },
  ],
  options: {
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    ...storeOptions,
  },
  examples: [
    { command: "dibkit fetched debian.qcow2", does: "lists what each script fetched for the image" },
    { command: "dibkit fetched --format json", does: "prints that of the newest build as JSON" },
  ],
  async run({ arguments: words, options }, terminal) {
    const { fetchedBySteps } = await import("@dibkit/contents");
    const store = await openStore(terminal, options.cacheDir);
    const build = await buildOf(terminal, store, words.IMAGE, { unfinished: true });
    if (build === undefined) return 2;
    const steps = await fetchedBySteps(store, build);
    if (options.format === "json") {
      const entries = steps.map(({ label, fetched }) => ({ ...label, fetched: fetched ?? null }));
      const { id, image } = build.record;
      terminal.stdout.write(`${JSON.stringify({ version: 1, build: id, image, steps: entries }, null, 2)}\n`);
      return 0;
    }
    terminal.stdout.write(render(steps));
    return 0;
  },
});

function render(steps: readonly StepFetches[]): string {
  const someKnown = steps.some(({ fetched }) => fetched !== undefined);
  const lines = steps.flatMap((step) => {
    if (step.fetched === undefined) return someKnown ? [`${nameOf(step)}: not known, nobody watched it`] : [];
    return step.fetched.length === 0 ? [] : [nameOf(step), ...step.fetched.map(line)];
  });
  const all = steps.flatMap(({ fetched }) => fetched ?? []);
  const bytes = renderByteSize(all.reduce((sum, one) => sum + one.bytes, 0));
  const unknown = steps.filter(({ fetched }) => fetched === undefined).length;
  const rest = unknown === 0 ? "" : `; what ${unknown} of ${steps.length} steps fetched is not known`;
  return `${[...lines, `${count(all.length, "request")}, ${bytes}${rest}`].join("\n")}\n`;
}

function nameOf({ label: { phase, script, element } }: StepFetches): string {
  if (script === undefined) return `environment.d before ${phase}`;
  return `${phase}/${script} of ${element ?? "dibkit"}`;
}

function line({ method, url, status, trouble, bytes, sha256 }: NonNullable<StepFetches["fetched"]>[number]): string {
  const digest = sha256 === undefined ? "" : `  sha256:${sha256}`;
  const what = `${status ?? "-"}`.padStart(5);
  return `${what} ${renderByteSize(bytes).padStart(10)}  ${method} ${url}${digest}${trouble === undefined ? "" : `  (${trouble})`}`;
}
