import type { ElementGraph, GraphEdge } from "../element-graph.js";

/** A text tree from the requested elements down; what was shown above is marked `(above)` and not unfolded again. */
export function renderTree(graph: ElementGraph): string {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]));
  const below = new Map<string, readonly GraphEdge[]>();
  for (const edge of graph.edges) below.set(edge.from, [...(below.get(edge.from) ?? []), edge]);
  const shown = new Set<string>();
  const lines: string[] = [];
  const visit = (name: string, lead: string, childLead: string, note: string) => {
    const provides = byName.get(name)?.provides ?? [];
    const suffix = [note, ...provides.map((one) => `provides ${one}`)].filter((part) => part !== "");
    const text = suffix.length > 0 ? `${name} (${suffix.join(", ")})` : name;
    const edges = below.get(name) ?? [];
    const again = shown.has(name) && edges.length > 0;
    lines.push(`${lead}${text}${again ? " (above)" : ""}`);
    if (shown.has(name)) return;
    shown.add(name);
    for (const [index, edge] of edges.entries()) {
      const last = index === edges.length - 1;
      const via = edge.via === undefined ? "" : `as ${edge.via}`;
      visit(edge.to, `${childLead}${last ? "└─ " : "├─ "}`, `${childLead}${last ? "   " : "│  "}`, via);
    }
  };
  for (const node of graph.nodes) {
    if (node.requested || node.byDefault) visit(node.name, "", "", node.requested ? "" : "by default");
  }
  return `${lines.join("\n")}\n`;
}
