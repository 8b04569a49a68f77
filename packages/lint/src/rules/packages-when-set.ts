import { closeName, directoryOf, type Element, type Location, parseWhen, viewsOf } from "@dibkit/model";
import type { BuildContext } from "../build-context.js";
import { documentedVariables } from "../documented-variables.js";
import { setVariables } from "../known-variables.js";
import { targetsByArch } from "../package-targets.js";
import { defineGraphRule, type Finding } from "../rule.js";
import { systemsWith, systemsWithout } from "../systems.js";
import { onTargetsOnly } from "../targets.js";

export default defineGraphRule({
  id: "packages-when-set",
  summary: "variables in when conditions of package-installs are always set",
  why: "A condition on a variable that is not set ends the build with a Python traceback.",
  upstream:
    "package-installs-squash raises `The variable <NAME> is not set`, unless the package is not for the architecture.",
  fix: "Give the variable a default in environment.d: `export NAME=${NAME:-value}`; list it under `variables` in the configuration when every build gets it from outside.",
  severity: "error",
  since: "0.1.0",
  needsUpstream: true,
  examples: {
    bad: { "web/package-installs.yaml": "nginx:\n  when: DIB_WEB = nginx\n" },
    good: {
      "web/package-installs.yaml": "nginx:\n  when: DIB_WEB = nginx\n",
      "web/environment.d/10-web": "export DIB_WEB=${DIB_WEB:-nginx}\n",
    },
  },
  *check(context) {
    const { composition, focus } = context;
    const elements = focus === undefined ? composition.elements.map(({ element }) => element) : [focus];
    for (const element of elements) {
      const conditions = [...conditionsWithoutSetter(context, element)];
      for (const condition of conditions) if (condition.outside === undefined) yield inside(element, condition);
      const outside = conditions.filter((condition) => condition.outside !== undefined);
      if (outside.length > 0) yield fromOutside(element, outside as [Condition, ...Condition[]]);
    }
  },
});

/** A condition on a variable that no element of the build sets. */
interface Condition {
  readonly name: string;
  readonly variable: string;
  readonly location: Location;
  /** Where it is so, in words; empty when it is so everywhere. */
  readonly where: string;
  readonly certain: boolean;
  /** What sets or documents the variable outside of the elements. */
  readonly outside: string | undefined;
  readonly help: string;
}

/** Of one element's conditions on a variable the first says it for all. */
function* conditionsWithoutSetter(context: BuildContext, element: Element): Generator<Condition> {
  const { facts, targets, repository } = context;
  const known = setVariables(context);
  const documented = documentedVariables(element);
  const told = new Set<string>();
  for (const { name, alternatives } of viewsOf(element).packageInstalls.value) {
    for (const alternative of alternatives) {
      // For another architecture upstream does not come to the condition.
      const reading = targetsByArch(alternative, targets);
      for (const { text, location } of reading.length === 0 ? [] : alternative.when) {
        const variable = parseWhen(text)?.variable;
        if (variable === undefined || known.has(variable) || told.has(variable)) continue;
        const setters = (facts.exports.get(variable) ?? []).map((source) => source.element);
        const systems = systemsWithout(context, setters);
        if (systems === undefined) continue;
        told.add(variable);
        const mention = repository.mentionOf(variable)?.path ?? (documented.has(variable) ? "README.rst" : undefined);
        yield {
          name,
          variable,
          location,
          where: systems === "" ? onTargetsOnly(reading, targets) : systems,
          certain: systems === "" && !setters.some((setter) => besides(context, element, setter)),
          outside: setters.length > 0 ? undefined : mention,
          help: helpFor(variable, setters, systems !== "" ? undefined : closeName(variable, known)),
        };
      }
    }
  }
}

function inside({ name: element }: Element, { name, variable, where, certain, help, location }: Condition): Finding {
  return {
    ...(!certain && { severity: "warning" as const }),
    element,
    message: `the condition of "${name}" reads "${variable}", which nothing in the build sets: upstream then aborts${where}`,
    help,
    location,
  };
}

/** What a wrapper script sets is there in its builds. */
function fromOutside({ name: element }: Element, [first, ...more]: readonly [Condition, ...Condition[]]): Finding {
  const read = [first, ...more].map(({ variable, outside }) => `"${variable}" (see ${outside})`);
  const last = read.pop();
  return {
    severity: "warning",
    element,
    message: `conditions read ${read.length === 0 ? last : `${read.join(", ")} and ${last}`}, which no element sets: upstream aborts where nothing else does`,
    help: first.help,
    location: first.location,
    related: more.map(({ variable, location }) => ({ message: `"${variable}" is read here`, location })),
  };
}

/**
 * Elements of one tree are meant to be used together, whether or not they name each other; of operating systems there
 * is but one.
 */
function besides({ catalog }: BuildContext, element: Element, setter: Element): boolean {
  return directoryOf(element.root) === directoryOf(setter.root) && systemsWith(catalog, setter.name).length === 0;
}

function helpFor(variable: string, setters: readonly Element[], meant: string | undefined): string {
  if (setters.length === 1)
    return `depend on "${setters[0]?.name}", which sets it, or export a default in environment.d`;
  const example = `export ${variable}=\${${variable}:-…}`;
  const advice = `export a default in environment.d (${example}), or list it under variables in the configuration`;
  return setters.length === 0 && meant !== undefined ? `did you mean "${meant}"? if not, ${advice}` : advice;
}
