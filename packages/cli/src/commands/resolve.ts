import type { Resolution } from "@dibkit/model";
import { defineCommand } from "../command.js";
import { projectOptions } from "../project/open-project.js";
import { resolveImage, resolveOptions } from "../project/resolve-image.js";

export default defineCommand({
  name: "resolve",
  group: "check",
  summary: "show which elements an image is made of, and why each is there",
  description:
    "Follows element-deps and element-provides exactly as disk-image-create does: defaults are added, what an element\nprovides is left out, earlier directories win. Nothing is built.",
  arguments: [
    { name: "ELEMENT|IMAGE", summary: "elements, or one image definition (IMAGE.ts)", required: true, variadic: true },
  ],
  options: {
    ...resolveOptions,
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    ...projectOptions,
  },
  examples: [
    { command: "dibkit resolve vm debian-minimal", does: "shows the elements of that image in build order" },
    { command: "dibkit resolve web-server.image.ts --format json", does: "prints them for a program" },
  ],
  async run({ arguments: words, options }, terminal) {
    const resolved = await resolveImage(terminal, words["ELEMENT|IMAGE"], options);
    if (!resolved.ok) return resolved.exitCode;
    terminal.stdout.write(
      options.format === "json" ? resolutionJson(resolved.resolution) : resolutionText(resolved.resolution),
    );
    return 0;
  },
});

/** `{version: 1, elements: [{name, path, because: [name…]}], provided: [{name, by}]}`. */
function resolutionJson(resolution: Resolution): string {
  const elements = resolution.elements.map(({ element, because }) => ({
    name: element.name,
    path: element.root,
    because,
  }));
  return `${JSON.stringify({ version: 1, elements, provided: resolution.provided }, null, 2)}\n`;
}

function resolutionText(resolution: Resolution): string {
  const width = Math.max(...resolution.elements.map(({ element }) => element.name.length));
  const rows = resolution.elements.map(({ element, because }) => `${element.name.padEnd(width)}  ${reasons(because)}`);
  const provided = resolution.provided.map(({ name, by }) => `${name} is provided by ${by}`);
  return `${[...rows, ...(provided.length > 0 ? ["", ...provided] : [])].join("\n")}\n`;
}

function reasons(because: readonly string[]): string {
  const asking = because.filter((name) => !name.startsWith("("));
  const parts = because.includes("(requested)")
    ? ["requested"]
    : because.includes("(default)")
      ? ["added by default"]
      : [];
  return [...parts, ...(asking.length > 0 ? [`needed by ${asking.join(", ")}`] : [])].join("; ");
}
