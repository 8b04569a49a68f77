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
    "Of a script that had the host's network it says why, because nobody knows what it fetched. Of a layer that is used\nagain it is known from when that was made.",
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
      const entries = steps.map(({ label, fetched, images, unwatched }) => ({
        ...label,
        fetched: fetched ?? null,
        ...(images.length === 0 ? {} : { images }),
        ...(unwatched === undefined ? {} : { unwatched }),
      }));
      const { id, image } = build.record;
      terminal.stdout.write(`${JSON.stringify({ version: 1, build: id, image, steps: entries }, null, 2)}\n`);
      return 0;
    }
    terminal.stdout.write(render(steps));
    return 0;
  },
});

function render(steps: readonly StepFetches[]): string {
  const known = steps.flatMap((step) => {
    const lines = [...(step.fetched ?? []).map(line), ...step.images.map(imageLine)];
    return lines.length === 0 ? [] : [nameOf(step), ...lines];
  });
  const unwatched = steps.filter(({ fetched }) => fetched === undefined);
  const reasons = [...new Set(unwatched.map(whyUnknown))].flatMap((reason) => [
    reason,
    ...unwatched.filter((step) => whyUnknown(step) === reason).map((step) => `  ${nameOf(step)}`),
  ]);
  const all = steps.flatMap(({ fetched }) => fetched ?? []);
  const bytes = renderByteSize(all.reduce((sum, one) => sum + one.bytes, 0));
  const unknown = unwatched.length;
  const rest = unknown === 0 ? "" : `; what ${unknown} of ${steps.length} steps fetched is not known`;
  return `${[...known, ...reasons, `${count(all.length, "request")}, ${bytes}${rest}`].join("\n")}\n`;
}

function whyUnknown({ unwatched }: StepFetches): string {
  return unwatched === undefined ? "not known, nobody watched it" : `host's network: ${unwatched}`;
}

function nameOf({ label: { phase, script, element } }: StepFetches): string {
  if (script === undefined) return `environment.d before ${phase}`;
  return `${phase}/${script} of ${element ?? "dibkit"}`;
}

function imageLine({ name, digest }: StepFetches["images"][number]): string {
  return `${"image".padStart(16)}  ${name}@${digest}`;
}

function line({ method, url, status, trouble, bytes, sha256 }: NonNullable<StepFetches["fetched"]>[number]): string {
  const digest = sha256 === undefined ? "" : `  sha256:${sha256}`;
  const what = `${status ?? "-"}`.padStart(5);
  return `${what} ${renderByteSize(bytes).padStart(10)}  ${method} ${url}${digest}${trouble === undefined ? "" : `  (${trouble})`}`;
}
