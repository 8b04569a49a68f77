import { type Catalog, type Element, viewsOf } from "@dibkit/model";
import { asksByVariable, catalogFacts } from "../catalog-facts.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "pkg-map-used",
  summary: "names in pkg-map are packages that something asks for",
  why: "A mapping for a name that nobody asks for is left over, or misspelt, and then the package keeps its unmapped name.",
  upstream: "pkg-map answers only for the names it is asked for; all others are never looked at.",
  fix: "Remove the mapping, or correct the name.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/package-installs.yaml": "web-server:\n",
      "web/pkg-map": '{ "family": { "redhat": { "web-sever": "httpd" } } }\n',
    },
    good: {
      "web/package-installs.yaml": "web-server:\n",
      "web/pkg-map": '{ "family": { "redhat": { "web-server": "httpd" } } }\n',
    },
  },
  *check({ element, views, catalog, textFiles }) {
    const told = new Set<string>();
    for (const { name, location } of views.pkgMap.value?.entries ?? []) {
      if (told.has(name)) continue;
      told.add(name);
      if (asksFor(element, name)) continue;
      // A script may put the name together, or hand over names from elsewhere.
      if (textFiles.some(({ path, source }) => path !== "pkg-map" && source.text.includes(name))) continue;
      if (textFiles.some(({ phase, source }) => phase !== undefined && asksByVariable(source.text))) continue;
      if (usedElsewhere(catalog, element, name)) continue;
      yield {
        message: `nothing asks for package "${name}" of this pkg-map`,
        help: "remove the mapping, or correct the name",
        location,
      };
    }
  },
});

function asksFor(element: Element, name: string): boolean {
  const { packageInstalls, legacyPackageInstalls } = viewsOf(element);
  return [...packageInstalls.value, ...legacyPackageInstalls.value].some((wanted) => wanted.name === name);
}

/** Another element may install by this map: `install-packages -m web …`. */
function usedElsewhere(catalog: Catalog, owner: Element, name: string): boolean {
  const { variableAskers, mentionsOf } = catalogFacts(catalog);
  if (mentionsOf(owner).some(({ element, text }) => element !== owner && text.includes(name))) return true;
  for (const text of variableAskers) if (text.includes(owner.name)) return true;
  return false;
}
