import { compareDebianVersions } from "./compare-debian-versions.js";
import { compareRpmVersions } from "./compare-rpm-versions.js";

/** Less than 0 when the first version is older. */
export type VersionOrder = (a: string, b: string) => number;

/** How versions are ordered, by type of package URL. */
export type VersionOrders = Readonly<Record<"deb" | "rpm" | "pypi", VersionOrder>>;

/** The orders of all types whose packages databases are asked about. */
export async function versionOrders(): Promise<VersionOrders> {
  const { compare, valid } = await import("@renovatebot/pep440");
  const comparePython = (a: string, b: string) => {
    // What is no version of Python's kind is an old one, from before there was a rule.
    const [first, second] = [valid(a) !== null, valid(b) !== null];
    return first && second ? compare(a, b) : Number(first) - Number(second);
  };
  return { deb: compareDebianVersions, rpm: compareRpmVersions, pypi: comparePython };
}
