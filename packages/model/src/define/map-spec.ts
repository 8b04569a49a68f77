import type { DistroFamily, DistroName } from "../distributions.js";

/** What a package is called: names separated by spaces, or "" for "nothing to install here". */
export type PackageNames = { readonly [name: string]: string };

// Interfaces, because the compiler shows an interface by its name and spells everything else out.
interface ByDistro<T> extends Readonly<Partial<Record<DistroName, T>>> {}
interface ByFamily<T> extends Readonly<Partial<Record<DistroFamily, T>>> {}
interface ServiceNames extends ByDistro<string>, ByFamily<string> {
  readonly default?: string;
}

/** `pkg-map`: the most specific section that has the name wins. */
export interface PkgMapSpec {
  readonly release?: ByDistro<{ readonly [release: string]: PackageNames }>;
  readonly distro?: ByDistro<PackageNames>;
  readonly family?: ByFamily<PackageNames>;
  readonly default?: PackageNames;
}

/** `svc-map`: what a service is called on a distro, in a family, or by default. */
export type SvcMapSpec = { readonly [service: string]: ServiceNames };
