import { type Catalog, type Element, nearestName, type PkgMapEntry, viewsOf } from "@dibkit/model";
import { asksByVariable, catalogFacts } from "../catalog-facts.js";
import { defineRule } from "../rule.js";
import { enumerated, quoted } from "../words.js";

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
    const left: PkgMapEntry[] = [];
    for (const entry of views.pkgMap.value?.entries ?? []) {
      const { name } = entry;
      if (told.has(name)) continue;
      told.add(name);
      if (asksFor(element, name)) continue;
      // A script may put the name together, or hand over names from elsewhere.
      if (textFiles.some(({ path, source }) => path !== "pkg-map" && source.text.includes(name))) continue;
      if (textFiles.some(({ phase, source }) => phase !== undefined && asksByVariable(source.text))) continue;
      if (usedElsewhere(catalog, element, name)) continue;
      const meant = nearestName(name, namesAsked(element));
      if (meant === undefined) left.push(entry);
      else {
        const message = `nothing asks for package "${name}" of this pkg-map, but for "${meant}"`;
        yield { message, help: `write "${meant}"`, location: entry.location };
      }
    }
    const [first] = left;
    if (first === undefined) return;
    const names = left.map(({ name }) => name);
    const shown = names.length > 4 ? `${quoted(names.slice(0, 3))} and ${names.length - 3} more` : enumerated(names);
    yield {
      // What is only left over harms no one.
      severity: "info",
      message: `nothing asks for ${left.length === 1 ? "package" : "packages"} ${shown} of this pkg-map`,
      help: "remove what is left over",
      location: first.location,
    };
  },
});

function namesAsked(element: Element): readonly string[] {
  const { packageInstalls, legacyPackageInstalls } = viewsOf(element);
  return [...packageInstalls.value, ...legacyPackageInstalls.value].map((wanted) => wanted.name);
}

function asksFor(element: Element, name: string): boolean {
  return namesAsked(element).includes(name);
}

/** Another element may install by this map: `install-packages -m web …`. */
function usedElsewhere(catalog: Catalog, owner: Element, name: string): boolean {
  const { variableAskers, mentionsOf } = catalogFacts(catalog);
  if (mentionsOf(owner).some(({ element, text }) => element !== owner && text.includes(name))) return true;
  for (const text of variableAskers) if (hasWord(text, owner.name)) return true;
  return false;
}

/** Whether the name stands there by itself, not as a part of a longer one. */
function hasWord(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (!/[\w-]/.test((text[at - 1] ?? " ") + (text[at + name.length] ?? " "))) return true;
  }
  return false;
}
