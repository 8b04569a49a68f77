import { compareVersions } from "./compare-versions.js";
import { type DistroFamily, distributionFacts } from "./distributions.js";
import type { PkgMap, PkgMapEntry } from "./views/pkg-map.js";

/**
 * The family that upstream's pkg-map counts a distribution to; undefined for one that it does not know.
 * `upstreamVersion` is that of diskimage-builder; without one, the newest.
 */
export function distroFamily(distro: string, upstreamVersion?: string): DistroFamily | undefined {
  const facts = distributionFacts(distro);
  const since = facts?.familySince;
  if (since !== undefined && upstreamVersion !== undefined && compareVersions(upstreamVersion, since) < 0)
    return undefined;
  return facts?.family;
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
