import {
  type Element,
  evaluateWhen,
  mapPackage,
  type PackageAlternative,
  PHASES,
  parseWhen,
  viewsOf,
} from "@dibkit/model";
import type { PlannedPackage, PlannedPackages } from "./plan-document.js";

/** What is known before the build; `null` says set, but to what is only known in the build. */
export type KnownValues = Readonly<Record<string, string | null>>;

interface Surroundings {
  readonly values: KnownValues;
  readonly architecture: string;
  readonly installType: string;
}

/** The packages that upstream's package-installs will install and remove in each phase. */
export function planPackages(
  elements: readonly Element[],
  surroundings: Surroundings,
): Readonly<Record<string, PlannedPackages>> {
  const planned = new Map<string, { install: PlannedPackage[]; uninstall: PlannedPackage[] }>();
  const add = (phase: string, kind: "install" | "uninstall", found: readonly PlannedPackage[]) => {
    const entry = planned.get(phase) ?? { install: [], uninstall: [] };
    entry[kind].push(...found);
    planned.set(phase, entry);
  };
  for (const element of elements) {
    for (const install of viewsOf(element).packageInstalls.value) {
      for (const alternative of install.alternatives) {
        const applies = appliesTo(alternative, element.name, surroundings);
        if (applies === undefined) continue;
        const found = namesOf(element, install.name, surroundings.values).map((name) => ({
          name,
          element: element.name,
          ...(applies.length > 0 ? { when: applies } : {}),
        }));
        // Upstream acts on the presence of these keys, whatever they are set to.
        if (!alternative.fields.has("uninstall")) add(alternative.phase, "install", found);
        else add(alternative.phase, "uninstall", found);
        if (alternative.fields.has("build-only")) add(alternative.phase, "uninstall", found);
      }
    }
  }
  const phases = PHASES.filter(({ installsPackages }) => installsPackages).map(({ name }) => name as string);
  const inOrder = phases.flatMap((name) => {
    const found = planned.get(name);
    return found === undefined ? [] : [[name, found] as const];
  });
  return Object.fromEntries(inOrder);
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
  for (const { text } of alternative.when) {
    const condition = parseWhen(text);
    const known = condition === undefined ? null : values[condition.variable];
    if (condition === undefined || known === null || known === undefined) undecided.push(text);
    else if (evaluateWhen(condition, { [condition.variable]: known }) !== true) return undefined;
  }
  return undecided;
}

function namesOf(element: Element, name: string, values: KnownValues): readonly string[] {
  const map = viewsOf(element).pkgMap.value;
  const distro = values.DISTRO_NAME;
  if (map === undefined || typeof distro !== "string") return [name];
  const release = values.DIB_RELEASE;
  return mapPackage(map, name, { distro, ...(typeof release === "string" ? { release } : {}) }) ?? [name];
}
