import type { AuditedPackage, AuditedSystem, Vulnerability } from "./audited-package.js";
import { compareDebianVersions } from "./compare-debian-versions.js";

/** What Debian's security tracker exports, by source package and vulnerability. */
export type DebianTracker = Readonly<Record<string, Readonly<Record<string, TrackedVulnerability>>>>;

interface TrackedVulnerability {
  readonly description?: string;
  readonly releases?: Readonly<Record<string, TrackedRelease>>;
}

interface TrackedRelease {
  readonly status?: string;
  readonly fixed_version?: string;
  readonly urgency?: string;
}

/** Whether a text of JSON is the tracker's. */
export function isDebianTracker(value: unknown): value is DebianTracker {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const [first] = Object.values(value);
  const [vulnerability] = Object.values((first ?? {}) as Record<string, unknown>);
  return typeof vulnerability === "object" && vulnerability !== null && "releases" in vulnerability;
}

/** What the tracker says of an image. */
export interface TrackerMatch {
  /** Whether it knows the release of the image. */
  readonly asked: boolean;
  readonly vulnerabilities: readonly Vulnerability[];
  readonly undetermined: number;
}

/**
 * Packages of Debian that the tracker takes for vulnerable in the release of the image: `open` whatever the version,
 * `resolved` up to the version that has the repair. What it has not looked at yet (`undetermined`) is counted.
 */
export function matchTracker(
  tracker: DebianTracker,
  { id, codename }: AuditedSystem,
  packages: readonly AuditedPackage[],
): TrackerMatch {
  const asked =
    id === "debian" && Object.values(tracker).some((one) => Object.values(one).some((two) => two.releases?.[codename]));
  if (!asked) return { asked, vulnerabilities: [], undetermined: 0 };
  let undetermined = 0;
  const vulnerabilities: Vulnerability[] = [];
  for (const one of packages) {
    if (one.type !== "deb") continue;
    for (const [name, { description, releases = {} }] of Object.entries(tracker[one.source.name] ?? {})) {
      const { status, fixed_version: fixed, urgency } = releases[codename] ?? {};
      if (status === "undetermined") undetermined += 1;
      const old = fixed !== undefined && compareDebianVersions(one.source.version, fixed) < 0;
      // A fixed version 0 means that the release never had it.
      if (status !== "open" && !(status === "resolved" && old)) continue;
      vulnerabilities.push({
        id: name,
        aliases: [],
        package: one,
        ...(old ? { fixed } : {}),
        ...(urgency === undefined ? {} : { severity: urgency }),
        ...(description === undefined ? {} : { summary: description }),
      });
    }
  }
  return { asked, vulnerabilities, undetermined };
}
