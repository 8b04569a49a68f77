import type { PackageURL } from "packageurl-js";
import type { AuditedPackage, Vulnerability } from "./audited-package.js";
import type { VexStatement } from "./read-vex.js";

/** The last statement about a vulnerability of a package, as of several the later ones replace the earlier ones. */
export type VexMatcher = (vulnerability: Vulnerability) => VexStatement | undefined;

/** Looks for statements by package URL and by each name of a vulnerability. */
export async function vexMatcher(statements: readonly VexStatement[]): Promise<VexMatcher> {
  const packageUrl = await import("packageurl-js");
  const parse = (url: string): PackageURL | undefined => {
    try {
      return packageUrl.PackageURL.fromString(url);
    } catch {
      return undefined;
    }
  };
  const known = statements.map((statement) => ({
    statement,
    names: new Set(statement.vulnerabilities),
    products: statement.products.flatMap((product) => parse(product) ?? []),
  }));
  return ({ id, aliases, package: audited }) => {
    const own = known.length === 0 ? undefined : parse(audited.url);
    if (own === undefined) return undefined;
    const about = known.findLast(
      ({ names, products }) =>
        [id, ...aliases].some((name) => names.has(name)) &&
        products.some((product) => isProduct(product, own, audited)),
    );
    return about?.statement;
  };
}

/** Whether a package URL means this package, or the source package it was built from; without a version any. */
function isProduct(product: PackageURL, own: PackageURL, { source, version }: AuditedPackage): boolean {
  return (
    product.type === own.type &&
    (product.namespace ?? own.namespace) === own.namespace &&
    (product.name === own.name || product.name === source.name) &&
    (product.version == null || [own.version, version, source.version].includes(product.version)) &&
    Object.entries(product.qualifiers ?? {}).every(
      ([name, value]) => own.qualifiers?.[name] === undefined || own.qualifiers[name] === value,
    )
  );
}
