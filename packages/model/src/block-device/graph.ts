import type { BlockDeviceEntry, BlockDeviceGraph } from "./block-device-entry.js";
import { nearest } from "./field.js";
import { listed, type Report } from "./finding.js";
import { sortMountPoints } from "./mount-order.js";
import type { GraphNode, Need } from "./node-kind.js";
import { NODE_KINDS } from "./nodes/index.js";

/** The nodes of a configuration in upstream's order of creation; reports names and needs that do not work out. */
export function orderNodes(config: BlockDeviceGraph, report: Report): readonly GraphNode[] {
  const nodes = nodesOf(config.entries);
  const byName = new Map<string, GraphNode>();
  for (const node of nodes) {
    const first = byName.get(node.name);
    if (first === undefined) byName.set(node.name, node);
    else {
      report("duplicate-name", `${node.words} has the name of ${first.words}`, node.location, {
        help: "give one of them another name",
        related: [{ message: "first used here", location: first.location }],
      });
    }
  }
  for (const node of nodes) {
    for (const need of node.after) checkNeed(node, need, byName, report);
  }
  const ordered = sortTopologically([...byName.values()]);
  if (ordered.length < byName.size) reportCycle([...byName.values()], new Set(ordered), report);
  return ordered;
}

function nodesOf(entries: readonly BlockDeviceEntry[]): readonly GraphNode[] {
  const mountOrder = sortMountPoints(
    entries.filter((entry) => entry.kind === "mount").map((entry) => String(entry.values.mount_point)),
  );
  return entries.flatMap(
    (entry) => NODE_KINDS.find(({ kind }) => kind === entry.kind)?.nodes(entry, { entries, mountOrder }) ?? [],
  );
}

function checkNeed(node: GraphNode, need: Need, byName: ReadonlyMap<string, GraphNode>, report: Report): void {
  const base = byName.get(need.name);
  const fitting = [...byName.values()].filter(({ role }) => need.roles?.includes(role) ?? true).map(({ name }) => name);
  if (base === undefined) {
    const near = nearest(need.name, fitting);
    const legal = fitting.length === 0 ? "there is none it could be" : `it can be ${listed(fitting)}`;
    report("missing-base", `${node.words} has the base "${need.name}", which does not exist; ${legal}`, need.location, {
      ...(near === undefined ? {} : { help: `write "${near}"`, rename: near }),
    });
  } else if (need.roles !== undefined && !need.roles.includes(base.role)) {
    report("wrong-base", `${node.words} cannot be made on ${base.words}`, need.location, {
      help: fitting.length === 0 ? `add a node it can be made on` : `use ${listed(fitting)}`,
      related: [{ message: "the base is here", location: base.location }],
    });
  }
}

/**
 * Kahn's algorithm, breadth first, successors in the order their edges were added. That is what networkx does, so nodes
 * that do not depend on each other come in upstream's order. Nodes on a circle are left out.
 */
function sortTopologically(nodes: readonly GraphNode[]): readonly GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const successors = new Map(nodes.map((node) => [node.name, new Set<string>()]));
  for (const node of nodes) {
    for (const { name } of node.after) successors.get(name)?.add(node.name);
    for (const { name } of node.before ?? []) successors.get(node.name)?.add(name);
  }
  const waiting = new Map(nodes.map((node) => [node.name, 0]));
  for (const targets of successors.values())
    for (const name of targets) waiting.set(name, (waiting.get(name) ?? 0) + 1);
  const ready = nodes.filter((node) => waiting.get(node.name) === 0).map((node) => node.name);
  for (const name of ready) {
    for (const target of successors.get(name) ?? []) {
      const left = (waiting.get(target) ?? 0) - 1;
      waiting.set(target, left);
      if (left === 0) ready.push(target);
    }
  }
  return ready.flatMap((name) => byName.get(name) ?? []);
}

function reportCycle(nodes: readonly GraphNode[], done: ReadonlySet<GraphNode>, report: Report): void {
  const stuck = nodes.filter((node) => !done.has(node));
  const names = new Set(stuck.map(({ name }) => name));
  const neededBy = (node: GraphNode) => [
    ...node.after.map(({ name }) => name),
    ...stuck.filter(({ before }) => before?.some(({ name }) => name === node.name)).map(({ name }) => name),
  ];
  const path: GraphNode[] = [];
  let node = stuck[0];
  // Every stuck node needs another stuck one, so following needs leads into a circle.
  while (node !== undefined && !path.includes(node)) {
    path.push(node);
    const next = neededBy(node).find((name) => names.has(name));
    node = stuck.find(({ name }) => name === next);
  }
  const circle = node === undefined ? path : path.slice(path.indexOf(node));
  const first = circle[0];
  if (first === undefined) return;
  const text = [...circle, first].map(({ name }) => `"${name}"`).join(" needs ");
  report("cycle", `nodes depend on each other in a circle: ${text}`, first.location, {
    help: "change one of the bases",
  });
}
