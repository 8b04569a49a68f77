import type { ElementGraph } from "../element-graph.js";

/** `{version: 1, nodes: [{name, path, requested, byDefault, provides}], edges: [{from, to, via?}]}`. */
export function renderGraphJson(graph: ElementGraph): string {
  return `${JSON.stringify({ version: 1, ...graph }, null, 2)}\n`;
}
