import type { Catalog } from "@dibkit/model";
import { catalogFacts, exportsOf } from "./catalog-facts.js";
import type { LintConfiguration, Target } from "./configuration.js";

/** Architectures that upstream's documentation and elements speak of most. */
const ARCHITECTURES = ["amd64", "arm64"] as const;

/** What to evaluate packages and maps for: the configured matrix, or every operating-system element's defaults. */
export function targetsOf(configuration: LintConfiguration, catalog: Catalog): readonly Target[] {
  if (configuration.targets && configuration.targets.length > 0) return configuration.targets;
  const targets = new Map<string, Target>();
  for (const element of catalogFacts(catalog).providers.get("operating-system") ?? []) {
    const defaults = new Map(exportsOf(element).map(([name, source]) => [name, source.value]));
    const distro = defaults.get("DISTRO_NAME");
    const release = defaults.get("DIB_RELEASE");
    if (distro === undefined) continue;
    for (const arch of ARCHITECTURES) {
      const target = { distro, arch, ...(release !== undefined && { release }) };
      targets.set(`${distro} ${release} ${arch}`, target);
    }
  }
  return [...targets.values()];
}
