import { type Catalog, type Location, type NameEntry, viewsOf } from "@dibkit/model";
import { defineGraphRule } from "../rule.js";
import { arrows } from "../words.js";

export default defineGraphRule({
  id: "deps-acyclic",
  summary: "elements do not depend on each other in a circle",
  why: "Elements in a circle cannot be used one without the other, and which of them comes first is left to chance.",
  upstream: "Circles are accepted: dependencies are a set, and the order of scripts comes from their numbers alone.",
  fix: "Move what the elements share into a third one that both depend on.",
  severity: "info",
  since: "0.1.0",
  examples: {
    bad: { "web/element-deps": "proxy\n", "proxy/element-deps": "web\n" },
    good: { "web/element-deps": "proxy\n", "proxy/README.rst": "x\n" },
  },
  *check({ composition, catalog, focus }) {
    const start = focus?.name ?? composition.name;
    const cycle = shortestCycle(catalog, start);
    // Each circle is told once, at its first name in the alphabet.
    if (cycle === undefined || cycle.length === 1 || [...cycle].sort()[0]?.name !== start) return;
    const names = [...cycle.map((step) => step.name), start];
    const [first, ...rest] = cycle as [Step, ...Step[]];
    yield {
      message: `elements depend on each other in a circle: ${arrows(names)}`,
      help: "move what they share into an element of its own",
      location: first.location,
      related: rest.map((step) => ({ message: `"${step.name}" goes on here`, location: step.location })),
    };
  },
});

interface Step {
  readonly name: string;
  /** The line by which the circle goes on from this element. */
  readonly location: Location;
}

/** Breadth first, so the shortest way from an element back to itself is found. */
function shortestCycle(catalog: Catalog, start: string): readonly Step[] | undefined {
  const cameBy = new Map<string, { readonly from: string; readonly entry: NameEntry }>();
  const queue = [start];
  for (let at = 0; at < queue.length; at += 1) {
    const name = queue[at] as string;
    const element = catalog.elements.get(name);
    for (const entry of element === undefined ? [] : viewsOf(element).deps.value) {
      if (cameBy.has(entry.name)) continue;
      cameBy.set(entry.name, { from: name, entry });
      if (entry.name === start) return wayBack(cameBy, start);
      queue.push(entry.name);
    }
  }
  return undefined;
}

function wayBack(
  cameBy: ReadonlyMap<string, { readonly from: string; readonly entry: NameEntry }>,
  start: string,
): readonly Step[] {
  const steps: Step[] = [];
  let name = start;
  do {
    const came = cameBy.get(name);
    if (came === undefined) break;
    steps.unshift({ name: came.from, location: came.entry.location });
    name = came.from;
  } while (name !== start);
  return steps;
}
