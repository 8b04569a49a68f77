import { compareVersions } from "./compare-versions.js";
import type { PkgMap, PkgMapEntry } from "./views/pkg-map.js";

/** Distributions by the family that upstream's pkg-map counts them to; a name of no family maps by distro only. */
export const DISTRO_FAMILIES = {
  debian: ["debian", "ubuntu"],
  gentoo: ["gentoo"],
  redhat: ["almalinux", "centos", "centos7", "fedora", "openeuler", "rhel", "rhel7", "rocky"],
  suse: ["opensuse"],
} as const;

/** Distributions that upstream's pkg-map counts to a family from a version on only. */
const COUNTED_SINCE: Readonly<Record<string, string>> = { almalinux: "3.33.0", openeuler: "3.14.0", rocky: "3.18.0" };

export type DistroFamilyName = keyof typeof DISTRO_FAMILIES;

/** `upstreamVersion` is that of diskimage-builder; without one, the newest. */
export function distroFamily(distro: string, upstreamVersion?: string): DistroFamilyName | undefined {
  const since = COUNTED_SINCE[distro];
  if (since !== undefined && upstreamVersion !== undefined && compareVersions(upstreamVersion, since) < 0)
    return undefined;
  const families = Object.entries(DISTRO_FAMILIES) as [DistroFamilyName, readonly string[]][];
  return families.find(([, distros]) => distros.includes(distro))?.[0];
}

/**
 * What a package is called on a distribution: the packages of the most specific mapping (release, distro, family,
 * default), none when it is mapped to nothing, undefined when it is not mapped.
 */
export function mapPackage(
  map: PkgMap,
  name: string,
  target: { readonly distro: string; readonly release?: string; readonly upstreamVersion?: string | undefined },
): readonly string[] | undefined {
  const family = distroFamily(target.distro, target.upstreamVersion);
  // As upstream, which knows one release that goes by another name.
  const release = target.release === "8-stream" ? "8" : target.release;
  const applies = (entry: PkgMapEntry) =>
    entry.section === "default" ||
    (entry.section === "family" && entry.key === family) ||
    (entry.section === "distro" && entry.key === target.distro) ||
    (entry.section === "release" && entry.key === target.distro && entry.release === release);
  const rank = { release: 0, distro: 1, family: 2, default: 3 };
  // Of equal names in one section the last counts, so a later one goes before.
  const found = map.entries
    .filter((entry) => entry.name === name && applies(entry))
    .toReversed()
    .sort((a, b) => rank[a.section] - rank[b.section]);
  return found[0]?.packages;
}
