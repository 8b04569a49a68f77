import { defineCommand } from "../command.js";
import { projectOptions } from "../project/open-project.js";
import { resolveImage, resolveOptions } from "../project/resolve-image.js";

export default defineCommand({
  name: "graph",
  group: "check",
  summary: "draw which element of an image depends on which",
  arguments: [
    { name: "ELEMENT|IMAGE", summary: "elements, or one image definition (IMAGE.ts)", required: true, variadic: true },
  ],
  options: {
    ...resolveOptions,
    format: {
      type: "string",
      value: "FORMAT",
      choices: ["tree", "dot", "mermaid", "json"],
      default: "tree",
      summary: "how to draw it",
    },
    ...projectOptions,
  },
  examples: [
    { command: "dibkit graph vm debian-minimal", does: "prints a tree" },
    {
      command: "dibkit graph vm debian-minimal --format dot | dot -Tsvg > graph.svg",
      does: "makes a picture with Graphviz",
    },
  ],
  async run({ arguments: words, options }, terminal) {
    const resolved = await resolveImage(terminal, words["ELEMENT|IMAGE"], options);
    if (!resolved.ok) return resolved.exitCode;
    const { elementGraph } = await import("../element-graph.js");
    const { graphFormats } = await import("../graph-formats/index.js");
    terminal.stdout.write(graphFormats[options.format](elementGraph(resolved.resolution)));
    return 0;
  },
});
