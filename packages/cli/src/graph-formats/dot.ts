import type { ElementGraph } from "../element-graph.js";

/** Graphviz: `dibkit graph … --format dot | dot -Tsvg`. Requested elements are filled, provided names label the edge. */
export function renderDot(graph: ElementGraph): string {
  const nodes = graph.nodes.map((node) => {
    const label = [node.name, ...node.provides.map((name) => `provides ${name}`)].join("\\n");
    const style = node.requested ? ', style=filled, fillcolor="#cfe8ff"' : node.byDefault ? ', style="dashed"' : "";
    return `  ${quoted(node.name)} [label=${quoted(label)}${style}];`;
  });
  const edges = graph.edges.map(({ from, to, via }) => {
    const label = via === undefined ? "" : ` [label=${quoted(via)}, style=dashed]`;
    return `  ${quoted(from)} -> ${quoted(to)}${label};`;
  });
  const lines = ["digraph elements {", "  rankdir=LR;", "  node [shape=box];", ...nodes, ...edges, "}"];
  return `${lines.join("\n")}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`;
}
