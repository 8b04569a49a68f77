import type { CommandRunner } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { ImageContents } from "../image-contents.js";
import { imagePackages, type PackagePart } from "../sbom/image-parts.js";
import type { AuditedPackage, Vulnerability } from "./audited-package.js";
import { matchTracker } from "./debian-tracker.js";
import { vexMatcher } from "./match-vex.js";
import { matchOsv, packagesByName } from "./osv-records.js";
import { type DatabaseTrouble, readDatabase } from "./read-database.js";
import type { VexStatement } from "./read-vex.js";
import { versionOrders } from "./version-orders.js";

/** A vulnerability of an image, and what somebody has stated about it. */
export interface AuditFinding extends Vulnerability {
  readonly vex?: VexStatement;
}

/** What databases say of an image. */
export interface ImageAudit {
  /** Sorted by package and vulnerability. */
  readonly findings: readonly AuditFinding[];
  /** Those that a statement says not to matter: `not_affected` or `fixed`. */
  readonly suppressed: readonly AuditFinding[];
  /** Packages that a database was asked about. */
  readonly packages: number;
  /** Records that were read. */
  readonly records: number;
  /** Vulnerabilities that Debian has not judged yet. */
  readonly undetermined: number;
}

/** Asks databases of vulnerabilities about the packages of an image; nothing is asked of the network. */
export async function auditImage(
  image: ImageContents,
  databases: readonly string[],
  statements: readonly VexStatement[],
  commands: CommandRunner,
): Promise<Result<ImageAudit, DatabaseTrouble>> {
  const { packages: parts, system } = await imagePackages(image, commands);
  const packages = parts.filter(isInstalled).map(auditedPackage);
  const byName = packagesByName(packages);
  const [orders, statementAbout] = await Promise.all([versionOrders(), vexMatcher(statements)]);
  const found: Vulnerability[] = [];
  let [undetermined, records] = [0, 0];
  const asked = new Set<string>();
  for (const path of databases) {
    const read = await readDatabase(path, {
      osv(record) {
        const matched = matchOsv(record, system, byName, orders);
        for (const type of matched.asked) asked.add(type);
        found.push(...matched.vulnerabilities);
      },
      tracker(tracker) {
        const matched = matchTracker(tracker, system, packages);
        if (matched.asked) asked.add("deb");
        undetermined += matched.undetermined;
        found.push(...matched.vulnerabilities);
      },
    });
    if (!read.ok) return read;
    records += read.value;
  }
  // That nothing was found would say nothing.
  const judged = packages.filter(({ type }) => asked.has(type)).length;
  if (judged === 0) {
    const message = `none of ${records} records is about packages of "${system.name}"`;
    return err({ message, help: "give the database of the image's distribution and release" });
  }
  const all = once(found).map((one): AuditFinding => {
    const vex = statementAbout(one);
    return vex === undefined ? one : { ...one, vex };
  });
  const isSuppressed = ({ vex }: AuditFinding) => vex?.status === "not_affected" || vex?.status === "fixed";
  return ok({
    findings: all.filter((one) => !isSuppressed(one)),
    suppressed: all.filter(isSuppressed),
    packages: judged,
    ...{ records, undetermined },
  });
}

/** dpkg remembers packages of which only the settings are left. */
function isInstalled({ version }: PackagePart): boolean {
  return !/ \(.*(config-files|not-installed)\)$/.test(version);
}

/** Two databases may know the same. */
function once(found: readonly Vulnerability[]): readonly Vulnerability[] {
  const byName = new Map(found.map((one) => [`${one.package.name} ${one.id} ${one.package.url}`, one]));
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function auditedPackage(part: PackagePart): AuditedPackage {
  const { name, version, url, element } = part;
  const script = part.writer ?? part.installer;
  const brought = element ?? script?.element;
  return {
    ...{ name, version, url, asked: element !== undefined },
    type: /^pkg:([^/]+)/.exec(url)?.[1] ?? "",
    source: part.source ?? { name, version },
    ...(brought === undefined ? {} : { element: brought }),
    ...(script === undefined ? {} : { script: `${script.phase}/${script.script}` }),
  };
}
