import type { Architecture } from "../architectures.js";
import type { PackagePhaseName } from "../phases.js";

/** When and how a package is installed; every field is a condition or a phase, `{}` installs it in `install.d`. */
export interface PackageSpec {
  /** When it is installed; `install.d` unless stated. */
  readonly phase?: PackagePhaseName;
  /** `true` removes the package instead; `false` unless stated. */
  readonly uninstall?: boolean;
  /** `true` removes the package again at the end of the build: a compiler, say. `false` unless stated. */
  readonly buildOnly?: boolean;
  /** Only for this install type of the element, such as `source` or `package`. */
  readonly installType?: string;
  /** Only on these architectures; on all unless stated. `"amd64"` or `["amd64", "arm64"]` */
  readonly arch?: Architecture | readonly Architecture[];
  /** Not on these architectures. `"s390x"` */
  readonly notArch?: Architecture | readonly Architecture[];
  /** Only when the image's Python is this one (`DIB_PYTHON_VERSION`); whichever it is unless stated. */
  readonly dibPythonVersion?: 2 | 3;
  /** Only when it holds: `"ACME_DEBUG=1"` or `"DISTRO_NAME!=debian"`; of a list, all must hold. */
  readonly when?: PackageCondition | readonly PackageCondition[];
}

/** `VARIABLE=value` or `VARIABLE!=value`, without spaces around the operator. */
export type PackageCondition = `${string}=${string}`;

/** Packages by name; a list gives alternatives, each of which acts when its conditions hold. */
export type PackagesSpec = { readonly [name: string]: PackageSpec | readonly PackageSpec[] };

/** Field names of package-installs, in upstream's spelling. */
export const PACKAGE_FIELDS = {
  phase: "phase",
  uninstall: "uninstall",
  buildOnly: "build-only",
  installType: "installtype",
  arch: "arch",
  notArch: "not-arch",
  dibPythonVersion: "dib_python_version",
  when: "when",
} as const satisfies Record<keyof PackageSpec, string>;

/** The content of `package-installs.yaml` as plain data. */
export function packageInstallsData(packages: PackagesSpec): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(packages).map(([name, spec]) => [name, isList(spec) ? spec.map(entry) : entry(spec)]),
  );
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

/** Upstream acts on the presence of `uninstall` and `build-only`, so a `false` must not be written. */
function entry(spec: PackageSpec): Record<string, unknown> | null {
  const fields = Object.entries(spec)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) => {
      // Upstream does not strip the members of an architecture list, so they are joined without a space.
      const joined = (key === "arch" || key === "notArch") && Array.isArray(value) ? value.join(",") : value;
      return [PACKAGE_FIELDS[key as keyof PackageSpec] ?? key, joined];
    });
  return fields.length === 0 ? null : Object.fromEntries(fields);
}
