import { evaluateWhen, type PackageAlternative, parseWhen } from "@dibkit/model";
import { ANY_DISTRO, type Target } from "./configuration.js";

/** Targets whose architecture a package is for. Upstream looks at this before it looks at any condition. */
export function targetsByArch({ arch, notArch }: PackageAlternative, targets: readonly Target[]): readonly Target[] {
  return targets.filter((target) => (arch.length > 0 ? arch.includes(target.arch) : !notArch.includes(target.arch)));
}

/** Targets on which a package may be asked for: no condition that a target decides says otherwise. */
export function targetsOfPackage(alternative: PackageAlternative, targets: readonly Target[]): readonly Target[] {
  const conditions = alternative.when.flatMap(({ text }) => parseWhen(text) ?? []);
  return targetsByArch(alternative, targets).filter((target) =>
    conditions.every((condition) => evaluateWhen(condition, environmentOf(target)) !== false),
  );
}

/** The variables that a target decides. */
function environmentOf({ distro, release, arch }: Target): Readonly<Record<string, string | undefined>> {
  return { ARCH: arch, ...(distro !== ANY_DISTRO && { DISTRO_NAME: distro, DIB_RELEASE: release }) };
}
