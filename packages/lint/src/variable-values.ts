import { ARCHITECTURES, closeName, DISTRIBUTIONS, distributionFacts } from "@dibkit/model";
import type { Given } from "@dibkit/shell";

const KNOWN_DISTRIBUTIONS: ReadonlySet<string> = new Set(DISTRIBUTIONS);

/** Code names of releases; the others are numbers. */
const CODE_NAMES = (
  "trusty xenial bionic focal jammy kinetic lunar mantic noble oracular plucky questing " +
  "jessie stretch buster bullseye bookworm trixie forky duke sid stable oldstable testing unstable experimental"
).split(" ");
const RELEASES: ReadonlySet<string> = new Set([...CODE_NAMES, "gentoo", "latest", "rawhide", "tumbleweed", "rolling"]);
const ARCHITECTURE_NAMES: ReadonlySet<string> = new Set([
  ...ARCHITECTURES,
  ...["powerpc", "armv7l", "armv6l", "i686", "i586", "ia64", "s390", "mips64el", "loong64", "ppc", "arm", "riscv"],
]);
/** What dib-init-system knows. */
export const INIT_SYSTEMS: readonly string[] = ["openrc", "systemd", "sysv", "upstart"];

export interface Impossible {
  /** Why no build has the value, as the rest of a sentence. */
  readonly why: string;
  readonly help: string;
  /** The value that was probably meant, when another value is the remedy. */
  readonly meant?: string;
}

/** Why a build never has this value in a variable, and what was meant; undefined when it may have it. */
export function impossibleValue(
  variable: string,
  value: string,
  distros: ReadonlySet<string> = KNOWN_DISTRIBUTIONS,
): Impossible | undefined {
  switch (variable) {
    case "DIB_RELEASE": {
      if (RELEASES.has(value) || !/^[a-z]+$/i.test(value)) return undefined;
      if (KNOWN_DISTRIBUTIONS.has(value)) return { why: "a distribution, not a release", help: "compare DISTRO_NAME" };
      return misspelt(value, RELEASES, "which no release is called");
    }
    case "DISTRO_NAME": {
      if (distros.has(value) || KNOWN_DISTRIBUTIONS.has(value)) return undefined;
      if (value === "redhat" || value === "suse" || value === "el") {
        const meant = value === "suse" ? "opensuse" : "rhel";
        return { why: "which no distribution is called", help: `write "${meant}"`, meant };
      }
      if (RELEASES.has(value)) return { why: "a release, not a distribution", help: "compare DIB_RELEASE" };
      return misspelt(value, new Set([...distros, ...DISTRIBUTIONS]), "which no distribution in reach is called");
    }
    case "ARCH":
      return ARCHITECTURE_NAMES.has(value)
        ? undefined
        : misspelt(value, ARCHITECTURE_NAMES, "which no architecture is called");
    case "DIB_INIT_SYSTEM":
      return INIT_SYSTEMS.includes(value) || value === ""
        ? undefined
        : { why: "which is not an init system", help: `use one of ${INIT_SYSTEMS.join(", ")}` };
    default:
      return undefined;
  }
}

/** A value of one's own may be anything, but not nearly one that exists. */
function misspelt(value: string, known: ReadonlySet<string>, why: string): Impossible | undefined {
  const lower = value.toLowerCase();
  const short = value.length < 4 || /\d/.test(value);
  const meant = short ? (lower !== value && known.has(lower) ? lower : undefined) : closeName(value, known);
  if (meant === undefined || Math.abs(meant.length - value.length) > 2) return undefined;
  return { why, help: `did you mean "${meant}"?`, meant };
}

/** A release that is no whole number, of one of the distributions; undefined when all count with whole numbers. */
export function unnumberedRelease(
  distros: readonly string[],
): { readonly distro: string; readonly release: string } | undefined {
  for (const distro of distros) {
    const release = distributionFacts(distro)?.namedRelease;
    if (release !== undefined) return { distro, release };
  }
  return undefined;
}

/** Distributions that the innermost condition on DISTRO_NAME leaves; undefined when there is none. */
export function givenDistributions(given: readonly Given[]): readonly string[] | undefined {
  const last = given.findLast(({ variable }) => variable === "DISTRO_NAME");
  if (last === undefined) return undefined;
  return last.values.flatMap((value) => {
    const stem = value.replace(/[*?^$].*$/, "");
    const open = last.regex || stem !== value;
    return open ? DISTRIBUTIONS.filter((distro) => distro.startsWith(stem)) : [value];
  });
}
