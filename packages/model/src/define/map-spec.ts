/** Values of `DISTRO_NAME` that upstream's operating-system elements set. */
export type DistroName =
  | "almalinux"
  | "centos"
  | "centos7"
  | "debian"
  | "fedora"
  | "gentoo"
  | "openeuler"
  | "opensuse"
  | "rhel"
  | "rhel7"
  | "rocky"
  | "ubuntu";

/** Families upstream's pkg-map and svc-map sort distros into. */
export type DistroFamily = "debian" | "gentoo" | "redhat" | "suse";

/** What a package is called: names separated by spaces, or "" for "nothing to install here". */
export type PackageNames = { readonly [name: string]: string };

/** `pkg-map`: the most specific section that has the name wins. */
export interface PkgMapSpec {
  readonly release?: { readonly [D in DistroName]?: { readonly [release: string]: PackageNames } };
  readonly distro?: { readonly [D in DistroName]?: PackageNames };
  readonly family?: { readonly [F in DistroFamily]?: PackageNames };
  readonly default?: PackageNames;
}

/** `svc-map`: what a service is called on a distro, in a family, or by default. */
export type SvcMapSpec = {
  readonly [service: string]: { readonly [K in DistroName | DistroFamily | "default"]?: string };
};
