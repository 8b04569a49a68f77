/** What is known of one distribution that images are made of. */
export interface DistributionFacts {
  /** `DISTRO_NAME`, as upstream's operating-system elements set it. */
  readonly name: string;
  /** The family that upstream's pkg-map counts it to. */
  readonly family: "debian" | "gentoo" | "redhat" | "suse";
  /** The version of diskimage-builder from which on pkg-map does so; absent: since 3.13 at the latest. */
  readonly familySince?: string;
  /** Whether svc-map, which has a shorter table, counts it to the same family. */
  readonly servicesByFamily: boolean;
  /** A release as they are called, where they are no whole numbers. */
  readonly namedRelease?: string;
}

/** The one table of distributions; add a row, and every part of dibkit knows it. */
const DISTRIBUTION_TABLE = [
  { name: "almalinux", family: "redhat", familySince: "3.33.0", servicesByFamily: false },
  { name: "centos", family: "redhat", servicesByFamily: true, namedRelease: "9-stream" },
  { name: "centos7", family: "redhat", servicesByFamily: true },
  { name: "debian", family: "debian", servicesByFamily: true, namedRelease: "bookworm" },
  { name: "fedora", family: "redhat", servicesByFamily: true },
  { name: "gentoo", family: "gentoo", servicesByFamily: false, namedRelease: "gentoo" },
  { name: "openeuler", family: "redhat", familySince: "3.14.0", servicesByFamily: false },
  { name: "opensuse", family: "suse", servicesByFamily: true, namedRelease: "15.6" },
  { name: "rhel", family: "redhat", servicesByFamily: true },
  { name: "rhel7", family: "redhat", servicesByFamily: true },
  { name: "rocky", family: "redhat", familySince: "3.18.0", servicesByFamily: false },
  { name: "ubuntu", family: "debian", servicesByFamily: true, namedRelease: "jammy" },
] as const satisfies readonly DistributionFacts[];

/** Values of `DISTRO_NAME` that upstream's operating-system elements set. */
export type DistroName = (typeof DISTRIBUTION_TABLE)[number]["name"];

/** Families upstream's pkg-map and svc-map sort distributions into. */
export type DistroFamily = (typeof DISTRIBUTION_TABLE)[number]["family"];

/** Every name that `DISTRO_NAME` may have with upstream's elements. */
export const DISTRIBUTIONS: readonly DistroName[] = DISTRIBUTION_TABLE.map(({ name }) => name);

/** Every family, in the order of their names. */
export const DISTRO_FAMILIES: readonly DistroFamily[] = [
  ...new Set(DISTRIBUTION_TABLE.map(({ family }) => family)),
].sort();

const BY_NAME: ReadonlyMap<string, DistributionFacts> = new Map(DISTRIBUTION_TABLE.map((row) => [row.name, row]));

/** The row of a distribution; undefined for one that upstream does not know. */
export function distributionFacts(name: string): DistributionFacts | undefined {
  return BY_NAME.get(name);
}
