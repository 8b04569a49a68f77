import type { ImageContents, ImageSizes, SizeEntry } from "@dibkit/contents";
import { openStore, storeOptions } from "../building/open-store.js";
import { parseByteSize, renderByteSize } from "../byte-size.js";
import { defineCommand } from "../command.js";
import { contentsOptions, IMAGE_WORDS, withContents } from "../open-contents.js";
import { type Terminal, usageFailure, writeTrouble } from "../terminal.js";

export default defineCommand({
  name: "size",
  group: "inspect",
  summary: "add up the bytes of an image by element, script, package and directory",
  description:
    "The layers of a build say which script wrote each file; a finished image file (tar, or a disk with an ext\nfilesystem) is added up by package and directory only. Bytes are those of file contents, before compression.",
  arguments: [{ name: "IMAGE", summary: `${IMAGE_WORDS} (default: the newest build)` }],
  options: {
    by: {
      type: "string",
      value: "GROUP",
      choices: ["element", "script", "package", "directory"],
      repeatable: true,
      summary: "show only this grouping",
    },
    top: { type: "number", value: "N", integer: true, minimum: 1, default: 15, summary: "lines of each grouping" },
    depth: { type: "number", value: "N", integer: true, minimum: 1, default: 2, summary: "levels of directories" },
    budget: { type: "string", value: "SIZE", summary: "exit with 1 when the image has more, such as 800M" },
    format: {
      type: "string",
      value: "FORMAT",
      choices: ["table", "json", "html"],
      default: "table",
      summary: "how to print it; html is a treemap on a page of its own",
    },
    ...contentsOptions,
    ...storeOptions,
  },
  examples: [
    { command: "dibkit size debian.qcow2", does: "lists the largest elements, scripts, packages and directories" },
    { command: "dibkit size --format html > size.html", does: "writes a treemap of the newest build" },
    { command: "dibkit size debian.qcow2 --budget 800M", does: "fails when the image has grown above 800 MiB" },
  ],
  namespace: "layers",
  async run({ arguments: words, options }, terminal) {
    const budget = options.budget === undefined ? undefined : parseByteSize(options.budget);
    if (options.budget !== undefined && budget === undefined) {
      return usageFailure(terminal, `"${options.budget}" is not a size`, "write it like 500M or 20G");
    }
    const store = await openStore(terminal, options.cacheDir);
    const code = await withContents(terminal, store, words.IMAGE, options.file, async (image) => {
      const { createCommandRunner } = await import("@dibkit/exec");
      const { measureSizes, packageOwners } = await import("@dibkit/contents");
      const owners = await packageOwners(image, createCommandRunner({ signal: terminal.signal }));
      const sizes = measureSizes(image, owners, options.depth);
      if (options.format === "html") terminal.stdout.write(await renderPage(image, owners, sizes));
      else if (options.format === "json") terminal.stdout.write(renderJson(image, sizes, budget));
      else terminal.stdout.write(renderTable(image, sizes, options.by, options.top));
      return judge(terminal, sizes, budget);
    });
    return code ?? 2;
  },
});

function judge(terminal: Terminal, { bytes }: ImageSizes, budget: number | undefined): 0 | 1 {
  if (budget === undefined || bytes <= budget) return 0;
  const over = `${renderByteSize(bytes - budget)} more than the budget of ${renderByteSize(budget)}`;
  writeTrouble(terminal, `the image has ${renderByteSize(bytes)} of files, ${over}`);
  return 1;
}

async function renderPage(image: ImageContents, owners: ReadonlyMap<string, string>, sizes: ImageSizes) {
  const { sizePage, sizeTree } = await import("@dibkit/contents");
  const groups = (["directory", "element", "package"] as const).filter((group) => sizes.groups[group] !== undefined);
  return sizePage(image.name, Object.fromEntries(groups.map((group) => [group, sizeTree(image, owners, group)])));
}

function renderJson(image: ImageContents, { bytes, files, groups }: ImageSizes, budget: number | undefined): string {
  const document = { version: 1, image: image.name, bytes, files, budget: budget ?? null, groups };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function renderTable(image: ImageContents, sizes: ImageSizes, by: readonly string[], top: number): string {
  const sections = Object.entries(sizes.groups).filter(([group]) => by.length === 0 || by.includes(group));
  const head = `${image.name}: ${renderByteSize(sizes.bytes)} in ${sizes.files} files\n`;
  return head + sections.map(([group, entries]) => `\n${renderSection(group, entries, sizes.bytes, top)}`).join("");
}

function renderSection(group: string, entries: readonly SizeEntry[], total: number, top: number): string {
  const line = (name: string, bytes: number) => {
    const share = `${((100 * bytes) / (total || 1)).toFixed(1)} %`.padStart(8);
    return `${renderByteSize(bytes).padStart(12)} ${share}  ${name}\n`;
  };
  const rest = entries.slice(top);
  const restBytes = rest.reduce((sum, { bytes }) => sum + bytes, 0);
  const shown = entries.slice(0, top).map(({ name, bytes }) => line(name, bytes));
  return `by ${group}\n${shown.join("")}${rest.length === 0 ? "" : line(`(${rest.length} more)`, restBytes)}`;
}
