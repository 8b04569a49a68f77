import { ARCHITECTURES, type Catalog } from "@dibkit/model";
import { ANY_DISTRO, type LintConfiguration, type Target } from "./configuration.js";
import { allSystems } from "./systems.js";

/** What to evaluate packages and maps for: the configured matrix, or every operating-system element's defaults. */
export function targetsOf(configuration: LintConfiguration, catalog: Catalog): readonly Target[] {
  if (configuration.targets && configuration.targets.length > 0) return configuration.targets;
  const targets = new Map<string, Target>();
  for (const { distro, release } of allSystems(catalog)) {
    if (distro === undefined) continue;
    for (const arch of ARCHITECTURES) {
      const target = { distro, arch, ...(release !== undefined && { release }) };
      targets.set(`${distro} ${release} ${arch}`, target);
    }
  }
  return targets.size > 0 ? [...targets.values()] : ARCHITECTURES.map((arch) => ({ distro: ANY_DISTRO, arch }));
}

/** Ways to name a group of targets, the plainest first. */
const NAMINGS: readonly ((target: Target) => string)[] = [
  ({ arch }) => arch,
  ({ distro }) => distro,
  ({ distro, release }) => (release === undefined ? distro : `${distro} ${release}`),
  ({ distro, arch }) => `${distro} ${arch}`,
  ({ distro, release, arch }) => (release === undefined ? `${distro} ${arch}` : `${distro} ${release} ${arch}`),
];

/** ` on arm64 only`, ` except on debian trixie`, or nothing when it is so on every target. */
export function onTargetsOnly(some: readonly Target[], all: readonly Target[]): string {
  if (some.length === 0 || some.length === all.length) return "";
  const chosen = new Set(some);
  for (const nameOf of NAMINGS) {
    const named = new Set(some.map(nameOf));
    const rest = new Set(all.filter((target) => !chosen.has(target)).map(nameOf));
    if ([...named].some((name) => rest.has(name))) continue;
    return rest.size < named.size ? ` except on ${listed([...rest])}` : ` on ${listed([...named])} only`;
  }
  return "";
}

function listed(names: readonly string[]): string {
  const shown = names.length > 4 ? [...names.slice(0, 3), "others"] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
