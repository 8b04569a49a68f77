/** A package of an image as databases of vulnerabilities ask for it. */
export interface AuditedPackage {
  readonly name: string;
  readonly version: string;
  /** Package URL. */
  readonly url: string;
  /** Type of the package URL: `deb`, `rpm`, `pypi`. */
  readonly type: string;
  /** The source package it was built from. */
  readonly source: { readonly name: string; readonly version: string };
  /** The element that asked for it, or whose script put it there; absent when nobody knows. */
  readonly element?: string;
  /** Whether the element asked for it by name; otherwise it came along. */
  readonly asked: boolean;
  /** `PHASE/SCRIPT` that installed it. */
  readonly script?: string;
}

/** The system of an image, of its `os-release`. */
export interface AuditedSystem {
  readonly id: string;
  readonly version: string;
  /** Debian's name of the release, such as `bookworm`. */
  readonly codename: string;
}

/** A vulnerability of which a database says that a package has it. */
export interface Vulnerability {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly package: AuditedPackage;
  /** The first version without it that the database names. */
  readonly fixed?: string;
  /** In the words of the database. */
  readonly severity?: string;
  readonly summary?: string;
}
