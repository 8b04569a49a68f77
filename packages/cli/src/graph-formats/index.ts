import type { ElementGraph } from "../element-graph.js";
import { renderDot } from "./dot.js";
import { renderGraphJson } from "./json.js";
import { renderMermaid } from "./mermaid.js";
import { renderTree } from "./tree.js";

/** Every way to draw a graph, by the word after `--format`. */
export const graphFormats: Readonly<Record<"tree" | "dot" | "mermaid" | "json", (graph: ElementGraph) => string>> = {
  tree: renderTree,
  dot: renderDot,
  mermaid: renderMermaid,
  json: renderGraphJson,
};
