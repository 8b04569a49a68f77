import type { DistroFamily, DistroName } from "../distributions.js";

/** What a package is called: names separated by spaces, or "" for "nothing to install here". */
export type PackageNames = { readonly [name: string]: string };

// Interfaces, because the compiler shows an interface by its name and spells everything else out.
interface ByDistro<T> extends Readonly<Partial<Record<DistroName, T>>> {}
interface ByFamily<T> extends Readonly<Partial<Record<DistroFamily, T>>> {}
interface ServiceNames extends ByDistro<string>, ByFamily<string> {
  /** What the service is called where neither its distribution nor its family is named. `"nginx"` */
  readonly default?: string;
}

/** `pkg-map`: the most specific section that has the name wins. */
export interface PkgMapSpec {
  /** By distribution, then by release (`DIB_RELEASE`): `{ debian: { bookworm: { "acme-tool": "acme-tools" } } }`. */
  readonly release?: ByDistro<{ readonly [release: string]: PackageNames }>;
  /** By distribution (`DISTRO_NAME`): `{ fedora: { "acme-tool": "acme" } }`. */
  readonly distro?: ByDistro<PackageNames>;
  /** By family of distributions: `{ redhat: { "acme-tool": "acme" } }`. */
  readonly family?: ByFamily<PackageNames>;
  /** Everywhere else: `{ "acme-tool": "acme-tool libacme" }`. */
  readonly default?: PackageNames;
}

/** `svc-map`: what a service is called on a distro, in a family, or by default. */
export type SvcMapSpec = { readonly [service: string]: ServiceNames };
