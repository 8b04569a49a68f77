import type { ElementGraph } from "../element-graph.js";

/** A Mermaid flowchart, which forges show as a picture in Markdown. */
export function renderMermaid(graph: ElementGraph): string {
  const ids = new Map(graph.nodes.map((node, index) => [node.name, `e${index}`]));
  const nodes = graph.nodes.map((node) => {
    const label = [node.name, ...node.provides.map((name) => `provides ${name}`)].join("<br/>");
    return `  ${ids.get(node.name)}["${label.replaceAll('"', "#quot;")}"]${node.requested ? ":::requested" : ""}`;
  });
  const edges = graph.edges.map(({ from, to, via }) => {
    const arrow = via === undefined ? "-->" : `-. "${via}" .->`;
    return `  ${ids.get(from)} ${arrow} ${ids.get(to)}`;
  });
  return `${["flowchart LR", ...nodes, ...edges, "  classDef requested fill:#cfe8ff"].join("\n")}\n`;
}
