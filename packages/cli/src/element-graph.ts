import { nameList, type Resolution } from "@dibkit/model/resolution";

export interface GraphNode {
  readonly name: string;
  /** Directory of the element, or the TypeScript module that defines it. */
  readonly path: string;
  /** Named on the command line or by the image definition. */
  readonly requested: boolean;
  /** Added by default, as `base` is. */
  readonly byDefault: boolean;
  /** What it provides in this image, such as `operating-system`. */
  readonly provides: readonly string[];
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** The dependency names something virtual or replaced that `to` provides. */
  readonly via?: string;
}

/** Who depends on whom in an image; nodes and edges are in the order of the resolution. */
export interface ElementGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** The graph of a resolution, dependencies on provided names included. */
export function elementGraph(resolution: Resolution): ElementGraph {
  const present = new Set(resolution.elements.map(({ element }) => element.name));
  const providers = new Map(resolution.provided.map(({ name, by }) => [name, by]));
  const nodes = resolution.elements.map(({ element, because }) => ({
    name: element.name,
    path: element.root,
    requested: because.includes("(requested)"),
    byDefault: because.includes("(default)"),
    provides: resolution.provided.filter(({ by }) => by === element.name).map(({ name }) => name),
  }));
  const edges = resolution.elements.flatMap(({ element }) =>
    [...new Set(nameList(element, "element-deps").value.map((entry) => entry.name))].flatMap((name): GraphEdge[] => {
      const by = providers.get(name);
      if (by !== undefined) return by === element.name ? [] : [{ from: element.name, to: by, via: name }];
      return present.has(name) ? [{ from: element.name, to: name }] : [];
    }),
  );
  return { nodes, edges };
}
