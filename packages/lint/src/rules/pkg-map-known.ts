import { closeName, DISTRIBUTIONS, DISTRO_FAMILIES, nearestName } from "@dibkit/model";
import { defineRule } from "../rule.js";
import { quoted } from "../words.js";

const FAMILIES: readonly string[] = DISTRO_FAMILIES;
const DISTROS: ReadonlySet<string> = new Set(DISTRIBUTIONS);

export default defineRule({
  id: "pkg-map-known",
  summary: "families and distributions in pkg-map exist",
  why: "A mapping for a name that nothing has, such as family `ubuntu`, is never used.",
  upstream: "The family comes from a table in pkg-map, the distribution from DISTRO_NAME; other keys are ignored.",
  fix: "Correct the name, or move the mapping to section `distro`.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/pkg-map": '{ "family": { "ubuntu": { "web": "nginx" } } }\n' },
    good: { "web/pkg-map": '{ "distro": { "ubuntu": { "web": "nginx" } } }\n' },
  },
  *check({ views, targets }) {
    const told = new Set<string>();
    for (const { section, key, release, location } of views.pkgMap.value?.entries ?? []) {
      if (section === "release" && release === "8-stream" && !told.has(`${key} ${release}`)) {
        told.add(`${key} ${release}`);
        const message = 'release "8-stream" is looked up as "8", so its mappings are never used';
        yield { message, help: 'write "8"', location };
      }
      const id = `${section} ${key}`;
      if (key === undefined || told.has(id)) continue;
      told.add(id);
      if (section === "family" && !FAMILIES.includes(key)) {
        const help = DISTROS.has(key)
          ? `move it to section "distro": "${key}" is a distribution`
          : meant(key, FAMILIES, `use one of ${quoted(FAMILIES)}`);
        yield { message: `family "${key}" does not exist, so its mappings are never used`, help, location };
      }
      const known = new Set([...DISTROS, ...targets.map((target) => target.distro)]);
      if ((section === "distro" || section === "release") && !known.has(key)) {
        // A distribution of one's own may be called anything: only a family's name, or one nearly right, is surely wrong.
        const isFamily = FAMILIES.includes(key);
        const nearest = closeName(key, known);
        if (!isFamily && nearest === undefined) continue;
        const help = isFamily ? `move it to section "family": "${key}" is a family` : `did you mean "${nearest}"?`;
        yield { severity: "warning", message: `no operating system in reach has the name "${key}"`, help, location };
      }
    }
  },
});

function meant(name: string, candidates: readonly string[], otherwise: string): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? otherwise : `did you mean "${nearest}"?`;
}
