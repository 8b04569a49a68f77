import type { AuditedPackage, AuditedSystem, Vulnerability } from "./audited-package.js";
import type { VersionOrder, VersionOrders } from "./version-orders.js";

/** A record of the OSV format, as far as it is read: https://ossf.github.io/osv-schema/. */
export interface OsvRecord {
  readonly id: string;
  readonly aliases?: readonly string[];
  readonly upstream?: readonly string[];
  readonly withdrawn?: string;
  readonly summary?: string;
  readonly details?: string;
  readonly severity?: readonly { readonly type: string; readonly score: string }[];
  readonly database_specific?: Readonly<Record<string, unknown>>;
  readonly affected?: readonly OsvAffected[];
}

interface OsvAffected {
  readonly package?: { readonly ecosystem?: string; readonly name?: string };
  readonly ranges?: readonly { readonly type: string; readonly events?: readonly OsvEvent[] }[];
  readonly versions?: readonly string[];
  readonly severity?: readonly { readonly type: string; readonly score: string }[];
  readonly ecosystem_specific?: Readonly<Record<string, unknown>>;
  readonly database_specific?: Readonly<Record<string, unknown>>;
}

type OsvEvent = Readonly<Partial<Record<"introduced" | "fixed" | "last_affected" | "limit", string>>>;

/** What OSV calls the systems whose packages it knows, without and with the release. */
const ECOSYSTEMS: Readonly<Record<string, { readonly name: string; readonly release: (version: string) => string }>> = {
  debian: { name: "Debian", release: (version) => version.split(".")[0] ?? "" },
  ubuntu: { name: "Ubuntu", release: (version) => version },
  rocky: { name: "Rocky Linux", release: (version) => version.split(".")[0] ?? "" },
  almalinux: { name: "AlmaLinux", release: (version) => version.split(".")[0] ?? "" },
  rhel: { name: "Red Hat", release: (version) => `enterprise_linux:${version.split(".")[0] ?? ""}` },
  "opensuse-leap": { name: "openSUSE", release: (version) => `Leap ${version}` },
};

/** The packages of an image that a record is about, by type and name. */
export type PackagesByName = ReadonlyMap<string, readonly AuditedPackage[]>;

/**
 * Packages by `TYPE NAME`: Debian's under the name of their source package, which its records are about and which another
 * package may have; RPM's under both names, as records of its distributions have the one or the other.
 */
export function packagesByName(packages: readonly AuditedPackage[]): PackagesByName {
  const found = new Map<string, AuditedPackage[]>();
  for (const one of packages) {
    for (const name of one.type === "deb" ? [one.source.name] : new Set([one.name, one.source.name])) {
      const key = `${one.type} ${plainName(one.type, name)}`;
      found.set(key, [...(found.get(key) ?? []), one]);
    }
  }
  return found;
}

/** What a record says of an image. */
export interface OsvMatch {
  /** Types of packages that it is about and that an image of this system may have. */
  readonly asked: readonly string[];
  readonly vulnerabilities: readonly Vulnerability[];
}

/** Packages that have the vulnerability of a record. */
export function matchOsv(
  record: OsvRecord,
  system: AuditedSystem,
  packages: PackagesByName,
  orders: VersionOrders,
): OsvMatch {
  if (record.withdrawn !== undefined) return { asked: [], vulnerabilities: [] };
  const asked = new Set<string>();
  const found = new Map<AuditedPackage, Vulnerability>();
  for (const affected of record.affected ?? []) {
    const type = typeOf(affected.package?.ecosystem ?? "", system);
    const name = affected.package?.name;
    if (type === undefined || name === undefined) continue;
    asked.add(type);
    for (const one of packages.get(`${type} ${plainName(type, name)}`) ?? []) {
      const version = type === "deb" ? one.source.version : one.version;
      const hit = affectedBy(affected, version, orders[type]);
      if (!hit.affected) continue;
      const severity = severityOf(record, affected);
      const text = record.summary ?? record.details?.split("\n")[0];
      found.set(one, {
        id: record.id,
        aliases: [...(record.aliases ?? []), ...(record.upstream ?? [])],
        package: one,
        ...(hit.fixed === undefined ? {} : { fixed: hit.fixed }),
        ...(severity === undefined ? {} : { severity }),
        ...(text === undefined || text === "" ? {} : { summary: text }),
      });
    }
  }
  return { asked: [...asked], vulnerabilities: [...found.values()] };
}

/** The type of the packages that an ecosystem is about; undefined when the image has none of them. */
function typeOf(ecosystem: string, { id, version }: AuditedSystem): keyof VersionOrders | undefined {
  if (ecosystem === "PyPI") return "pypi";
  const known = ECOSYSTEMS[id];
  if (known === undefined) return undefined;
  const full = `${known.name}:${known.release(version)}`;
  const ours = ecosystem === known.name || ecosystem === full || (version !== "" && ecosystem.startsWith(`${full}:`));
  if (!ours) return undefined;
  return id === "debian" || id === "ubuntu" ? "deb" : "rpm";
}

/** PyPI takes `Foo_bar` and `foo-bar` for one name. */
function plainName(type: string, name: string): string {
  return type === "pypi" ? name.toLowerCase().replace(/[-_.]+/g, "-") : name;
}

interface Affected {
  readonly affected: boolean;
  readonly fixed?: string;
}

function affectedBy({ ranges = [], versions = [] }: OsvAffected, version: string, compare: VersionOrder): Affected {
  let affected = versions.includes(version);
  let fixed: string | undefined;
  for (const { type, events = [] } of ranges) {
    // GIT is about commits, which no package has.
    if (type !== "ECOSYSTEM" && type !== "SEMVER") continue;
    affected ||= isWithin(events, version, compare);
    const later = events.flatMap((event) => event.fixed ?? []).filter((one) => compare(one, version) > 0);
    fixed ??= later.sort(compare)[0];
  }
  return { affected, ...(fixed === undefined ? {} : { fixed }) };
}

function isWithin(events: readonly OsvEvent[], version: string, compare: VersionOrder): boolean {
  const order = (event: OsvEvent) => event.introduced ?? event.fixed ?? event.last_affected ?? event.limit ?? "0";
  const sorted = [...events].sort((a, b) =>
    order(a) === "0" ? -1 : order(b) === "0" ? 1 : compare(order(a), order(b)),
  );
  let within = false;
  for (const { introduced, fixed, last_affected: last } of sorted) {
    if (introduced !== undefined && (introduced === "0" || compare(version, introduced) >= 0)) within = true;
    if (fixed !== undefined && compare(version, fixed) >= 0) within = false;
    if (last !== undefined && compare(version, last) > 0) within = false;
  }
  return within;
}

/** Databases say it in several fields; a vector of CVSS is shown as it is. */
function severityOf(record: OsvRecord, affected: OsvAffected): string | undefined {
  const words = [
    affected.ecosystem_specific?.severity,
    affected.ecosystem_specific?.urgency,
    affected.database_specific?.severity,
    record.database_specific?.severity,
    affected.severity?.[0]?.score,
    record.severity?.[0]?.score,
  ];
  return words.find((word): word is string => typeof word === "string" && word !== "");
}
