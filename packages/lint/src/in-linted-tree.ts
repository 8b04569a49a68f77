import type { Element, Location } from "@dibkit/model";
import type { Finding } from "./rule.js";

/**
 * A finding about two places at the one that is linted: who lints a tree of their own does not want to be sent to a
 * file of upstream's that merely clashes with theirs.
 */
export function inLintedTree(finding: Finding, linted: readonly Element[]): Finding {
  const { location, related = [] } = finding;
  if (location === undefined || ownerOf(location, linted) !== undefined) return finding;
  const own = related.find((other) => ownerOf(other.location, linted) !== undefined);
  if (own === undefined) return finding;
  const rest = related.filter((other) => other !== own);
  return {
    ...finding,
    element: ownerOf(own.location, linted)?.name ?? finding.element ?? "",
    location: own.location,
    related: [{ message: "the other one is here", location }, ...rest],
  };
}

function ownerOf({ source }: Location, elements: readonly Element[]): Element | undefined {
  return elements.find(({ root }) => source.path.startsWith(`${root}/`));
}
