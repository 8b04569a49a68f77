import type { FileDifference, ImageDifference, ValueDifference } from "@dibkit/contents";
import { openStore, storeOptions } from "../building/open-store.js";
import { renderByteChange, renderByteSize } from "../byte-size.js";
import { defineCommand } from "../command.js";
import { contentsOptions, IMAGE_WORDS, withContents } from "../open-contents.js";

export default defineCommand({
  name: "diff",
  group: "inspect",
  summary: "compare files, packages, units, kernel arguments and sizes of two builds or images",
  description:
    "With one image: its newest build against the one before. With none: the same for the newest build of all.\nBuilds are compared by their layers and by what is remembered of scripts on the disk; --file reads the images.",
  arguments: [
    { name: "A", summary: IMAGE_WORDS },
    { name: "B", summary: "the same; without it, A is B and the build before it is A" },
  ],
  options: {
    all: { type: "boolean", summary: "list every file instead of the first 40" },
    check: { type: "boolean", summary: "exit with 1 when anything differs" },
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    ...contentsOptions,
    ...storeOptions,
  },
  examples: [
    { command: "dibkit diff", does: "shows what the newest build changed against the one before" },
    { command: "dibkit diff old.qcow2 new.qcow2 --file", does: "compares two finished images, wherever they are from" },
    { command: "dibkit diff debian.qcow2~3 debian.qcow2", does: "compares with the third build before the newest" },
  ],
  namespace: "layers",
  async run({ arguments: { A, B }, options }, terminal) {
    const { createCommandRunner } = await import("@dibkit/exec");
    const { compareImages, isSame } = await import("@dibkit/contents");
    const commands = createCommandRunner({ signal: terminal.signal });
    const store = await openStore(terminal, options.cacheDir);
    const [before, after] = B === undefined ? [`${A ?? ""}~1`, A] : [A, B];
    const difference = await withContents(terminal, store, before, options.file, (old) =>
      withContents(terminal, store, after, options.file, (now) => compareImages(old, now, commands)),
    );
    if (difference === undefined) return 2;
    const document = { version: 1, ...difference };
    if (options.format === "json") terminal.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    else terminal.stdout.write(renderDifference(difference, options.all ? Number.POSITIVE_INFINITY : 40));
    return options.check && !isSame(difference) ? 1 : 0;
  },
});

function renderDifference(difference: ImageDifference, most: number): string {
  const { before, after, packages, units, kernelArguments, files, sizes } = difference;
  const sections = [
    section("packages", packages.map(renderValue)),
    section("units", units.map(renderValue)),
    section("kernel arguments", kernelArguments.map(renderValue)),
    section("files", files.map(renderFile), most),
    section(
      "bytes by element",
      sizes.map(({ name, before: old, after: now }) => `  ${renderByteChange(now - old).padStart(12)}  ${name}`),
    ),
  ];
  const size = `${renderByteSize(before.bytes)} → ${renderByteSize(after.bytes)}`;
  const total = `size: ${size} (${renderByteChange(after.bytes - before.bytes)}), ${before.files} → ${after.files} files\n`;
  const same = sections.every((text) => text === "");
  return `- ${before.name}\n+ ${after.name}\n${sections.join("")}${same ? "nothing differs\n" : total}`;
}

function section(name: string, lines: readonly string[], most: number = Number.POSITIVE_INFINITY): string {
  if (lines.length === 0) return "";
  const more = lines.length > most ? [`  … and ${lines.length - most} more, see them with --all`] : [];
  return `${name}: ${lines.length}\n${[...lines.slice(0, most), ...more].join("\n")}\n`;
}

function renderValue({ name, before, after }: ValueDifference): string {
  if (before === undefined) return `  + ${name} ${after}`;
  if (after === undefined) return `  - ${name} ${before}`;
  return `  ~ ${name} ${before} → ${after}`;
}

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

function renderFile({ path, change, what, bytesBefore, bytesAfter, writer }: FileDifference): string {
  const bytes = bytesAfter - bytesBefore;
  const details = [
    what.join(", "),
    bytes === 0 ? "" : renderByteChange(bytes),
    writer === undefined ? "" : `by ${writer.phase}/${writer.script} of ${writer.element ?? "dibkit"}`,
  ];
  const shown = details.filter((detail) => detail !== "").join("; ");
  return `  ${SIGNS[change]} ${path}${shown === "" ? "" : `  (${shown})`}`;
}
