import {
  type Location,
  type PackageAlternative,
  PHASES,
  parseWhen,
  UPSTREAM_CHANGES,
  type UpstreamInReach,
  upstreamHas,
  viewsOf,
} from "@dibkit/model";
import type { Target } from "../configuration.js";
import { targetsOfPackage } from "../package-targets.js";
import { defineGraphRule } from "../rule.js";
import { onTargetsOnly } from "../targets.js";

export default defineGraphRule({
  id: "packages-conflict",
  summary: "a package that one element removes is not installed by another",
  why: "Packages are removed at the end of a phase: `build-only` or `uninstall` in one element takes the package from every other one that installs it in an earlier phase.",
  upstream:
    "All lists are merged into one. Since 3.31 a package that some element installs is not removed in the same phase; before, the removal came last there too, and this once stopped every image build of a large project.",
  fix: "Remove `build-only` or `uninstall`, install the package in a later phase, or make the conditions exclude each other.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/element-deps": "build\n",
      "web/package-installs.yaml": "git:\n",
      "build/package-installs.yaml": "git:\n  phase: post-install.d\n  build-only: true\n",
    },
    good: {
      "web/element-deps": "build\n",
      "web/package-installs.yaml": "git:\n",
      "build/package-installs.yaml": "git:\n  build-only: true\n",
    },
  },
  *check({ composition, focus, targets, upstream }) {
    const wishes = new Map<
      string,
      { readonly element: string; readonly location: Location; readonly alternative: PackageAlternative }[]
    >();
    for (const { element } of composition.elements) {
      for (const { name, alternatives, location } of viewsOf(element).packageInstalls.value) {
        const known = wishes.get(name) ?? [];
        for (const alternative of alternatives) known.push({ element: element.name, location, alternative });
        wishes.set(name, known);
      }
    }
    for (const [name, list] of wishes) {
      for (const removal of list.filter(({ alternative }) => removes(alternative))) {
        const wish = list.find(
          (other) =>
            other.element !== removal.element &&
            !removes(other.alternative) &&
            comesBefore(other.alternative, removal.alternative, upstream) &&
            meet(removal.alternative, other.alternative, targets).length > 0,
        );
        if (wish === undefined) continue;
        // Told where one of the two is looked at; an element that has neither only brings them together.
        const own = focus === undefined || focus.name === wish.element || focus.name === removal.element;
        const direct = composition.elements.filter(
          ({ element }) => element.name === wish.element || element.name === removal.element,
        );
        if (!own && !direct.every(({ path }) => path.length === 2)) continue;
        const key = removal.alternative.fields.has("build-only") ? "build-only" : "uninstall";
        const where = onTargetsOnly(meet(removal.alternative, wish.alternative, targets), targets);
        const same = wish.alternative.phase === removal.alternative.phase;
        const when = same
          ? `before diskimage-builder ${UPSTREAM_CHANGES.installBeatsRemoval.since}, and ${upstream?.version} is in reach`
          : `in ${removal.alternative.phase}`;
        yield {
          // To remove in a later phase what others install is what `uninstall` is for.
          ...(!same && key === "uninstall" && { severity: "info" as const }),
          element: removal.element,
          message: `"${name}" is ${key} in element "${removal.element}", which takes it from element "${wish.element}" that installs it in ${wish.alternative.phase} (${when})${where}`,
          help: `remove "${key}", or the package from "${wish.element}"`,
          location: removal.location,
          related: [{ message: `installed here by "${wish.element}"`, location: wish.location }],
        };
      }
    }
  },
});

/** Whether the removal comes after the installation, so that the package is gone in the end. */
function comesBefore(
  wish: PackageAlternative,
  removal: PackageAlternative,
  upstream: UpstreamInReach | undefined,
): boolean {
  const order = (phase: string) => PHASES.findIndex(({ name }) => name === phase);
  if (wish.phase !== removal.phase) return order(wish.phase) < order(removal.phase);
  return upstream?.version !== undefined && !upstreamHas("installBeatsRemoval", upstream.version);
}

function removes(alternative: PackageAlternative): boolean {
  return alternative.fields.has("uninstall") || alternative.fields.has("build-only");
}

/** Targets on which both may hold in one build: phase order aside, no common condition is asked both ways. */
function meet(a: PackageAlternative, b: PackageAlternative, targets: readonly Target[]): readonly Target[] {
  const both = new Set(targetsOfPackage(b, targets));
  return exclude(a, b) ? [] : targetsOfPackage(a, targets).filter((target) => both.has(target));
}

function exclude(a: PackageAlternative, b: PackageAlternative): boolean {
  if (a.installType !== undefined && b.installType !== undefined && a.installType !== b.installType) return true;
  if (a.dibPythonVersion !== undefined && b.dibPythonVersion !== undefined && a.dibPythonVersion !== b.dibPythonVersion)
    return true;
  const conditions = a.when.map(({ text }) => parseWhen(text));
  for (const { text } of b.when) {
    const other = parseWhen(text);
    for (const condition of conditions) {
      if (condition === undefined || other === undefined || condition.variable !== other.variable) continue;
      const same = condition.value === other.value;
      if (
        same !== (condition.operator === other.operator) &&
        (same || (condition.operator === "=" && other.operator === "="))
      )
        return true;
    }
  }
  return false;
}
