import {
  type Element,
  evaluateWhen,
  mapPackage,
  type PackageAlternative,
  PHASES,
  parseWhen,
  upstreamHas,
  viewsOf,
} from "@dibkit/model";
import type { PlannedPackage, PlannedPackages } from "./plan-document.js";

/** What is known before the build; `null` says set, but to what is only known in the build. */
export type KnownValues = Readonly<Record<string, string | null>>;

interface Surroundings {
  readonly values: KnownValues;
  readonly architecture: string;
  readonly installType: string;
  /** Undefined: a checkout of the newest. */
  readonly upstreamVersion: string | undefined;
}

/** A package as elements name it, before it is mapped. */
interface Wish {
  readonly name: string;
  readonly element: Element;
  readonly when: readonly string[];
}

interface Phase {
  install: Wish[];
  uninstall: Wish[];
}

/** The packages that upstream's package-installs will install and remove in each phase. */
export function planPackages(
  elements: readonly Element[],
  context: Surroundings,
): Readonly<Record<string, PlannedPackages>> {
  const squashed = squash(elements, context);
  const planned = (wishes: readonly Wish[]): readonly PlannedPackage[] =>
    wishes.flatMap(({ name, element, when }) =>
      namesOf(element, name, context).map((mapped) => ({
        name: mapped,
        element: element.name,
        ...(when.length > 0 ? { when } : {}),
      })),
    );
  return Object.fromEntries(
    PHASES.flatMap(({ name, installsPackages }) => {
      const phase = installsPackages ? squashed.get(name) : undefined;
      if (phase === undefined || phase.install.length + phase.uninstall.length === 0) return [];
      return [[name, { install: planned(phase.install), uninstall: planned(phase.uninstall) }]];
    }),
  );
}

/** The element that asks for each package first, by the package. */
export function askedPackages(planned: ReturnType<typeof planPackages>): Readonly<Record<string, string>> {
  const asked = Object.values(planned).flatMap(({ install }) => install.map(({ name, element }) => [name, element]));
  return Object.fromEntries(asked.toReversed()) as Record<string, string>;
}

/** What `package-installs-squash` makes of all lists, in its order, which decides between installing and removing. */
function squash(elements: readonly Element[], context: Surroundings): ReadonlyMap<string, Phase> {
  const installWins = upstreamHas("installBeatsRemoval", context.upstreamVersion);
  const phases = new Map<string, Phase>();
  for (const element of elements) {
    for (const { name, alternatives } of viewsOf(element).packageInstalls.value) {
      for (const alternative of alternatives) {
        const phase = phases.get(alternative.phase) ?? { install: [], uninstall: [] };
        phases.set(alternative.phase, phase);
        const kinds = installWins ? kindsBesides(alternative, name, phase) : kindsOf(alternative);
        const when = appliesTo(alternative, element.name, context);
        if (when !== undefined) for (const kind of kinds) phase[kind].push({ name, element, when });
      }
    }
  }
  return phases;
}

type Kind = keyof Phase;

/** Upstream acts on the presence of these keys, whatever they are set to. */
function kindsOf({ fields }: PackageAlternative): readonly Kind[] {
  if (fields.has("build-only")) return ["install", "uninstall"];
  return fields.has("uninstall") ? ["uninstall"] : ["install"];
}

/**
 * Newer versions keep a package that is installed without being removed. Upstream forgets removals also for a wish whose
 * conditions do not hold, because it looks at those later.
 */
function kindsBesides(alternative: PackageAlternative, name: string, phase: Phase): readonly Kind[] {
  const kinds = kindsOf(alternative);
  const has = (kind: Kind) => phase[kind].some((wish) => wish.name === name);
  if (!kinds.includes("uninstall")) {
    phase.uninstall = phase.uninstall.filter((wish) => wish.name !== name);
    return kinds;
  }
  return has("install") && !has("uninstall") ? kinds.filter((kind) => kind === "install") : kinds;
}

/** Undefined when the alternative does not apply; otherwise the conditions that cannot be decided yet. */
function appliesTo(
  alternative: PackageAlternative,
  element: string,
  { values, architecture, installType }: Surroundings,
): readonly string[] | undefined {
  const { arch, notArch } = alternative;
  if (arch.length > 0 && !arch.includes(architecture)) return undefined;
  if (notArch.includes(architecture)) return undefined;
  if (alternative.installType !== undefined) {
    const variable = `DIB_INSTALLTYPE_${element.replaceAll("-", "_")}`;
    if ((values[variable] ?? installType) !== alternative.installType) return undefined;
  }
  const undecided: string[] = [];
  if (alternative.dibPythonVersion !== undefined) {
    const known = "DIB_PYTHON_VERSION" in values ? values.DIB_PYTHON_VERSION : "";
    if (known === null) undecided.push(`DIB_PYTHON_VERSION=${alternative.dibPythonVersion}`);
    else if (known !== alternative.dibPythonVersion) return undefined;
  }
  for (const { text } of alternative.when) {
    const condition = parseWhen(text);
    const known = condition === undefined ? null : values[condition.variable];
    if (condition === undefined || known === null || known === undefined) undecided.push(text);
    else if (evaluateWhen(condition, { [condition.variable]: known }) !== true) return undefined;
  }
  return undecided;
}

function namesOf(element: Element, name: string, { values, upstreamVersion }: Surroundings): readonly string[] {
  const map = viewsOf(element).pkgMap.value;
  const distro = values.DISTRO_NAME;
  if (map === undefined || typeof distro !== "string") return [name];
  const release = values.DIB_RELEASE;
  return (
    mapPackage(map, name, { distro, upstreamVersion, ...(typeof release === "string" ? { release } : {}) }) ?? [name]
  );
}
