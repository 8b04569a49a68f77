import { dirname } from "node:path";
import { closeName, type Element, parseWhen, viewsOf } from "@dibkit/model";
import { documentedVariables } from "../documented-variables.js";
import { setVariables } from "../known-variables.js";
import { targetsByArch } from "../package-targets.js";
import { defineGraphRule } from "../rule.js";
import { systemsWithout } from "../systems.js";
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
  examples: {
    bad: { "web/package-installs.yaml": "nginx:\n  when: DIB_WEB = nginx\n" },
    good: {
      "web/package-installs.yaml": "nginx:\n  when: DIB_WEB = nginx\n",
      "web/environment.d/10-web": "export DIB_WEB=${DIB_WEB:-nginx}\n",
    },
  },
  *check(context) {
    const { composition, focus, facts, targets } = context;
    const elements = focus === undefined ? composition.elements.map(({ element }) => element) : [focus];
    const known = setVariables(context);
    const told = new Set<string>();
    for (const element of elements) {
      const documented = documentedVariables(element);
      for (const { name, alternatives } of viewsOf(element).packageInstalls.value) {
        for (const alternative of alternatives) {
          // For another architecture upstream does not come to the condition.
          const reading = targetsByArch(alternative, targets);
          if (reading.length === 0) continue;
          for (const { text, location } of alternative.when) {
            const variable = parseWhen(text)?.variable;
            if (variable === undefined || known.has(variable)) continue;
            const setters = (facts.exports.get(variable) ?? []).map((source) => source.element);
            const systems = systemsWithout(context, setters);
            if (systems === undefined) continue;
            const where = systems === "" ? onTargetsOnly(reading, targets) : systems;
            const mention = context.repository.mentionOf(variable);
            const outside =
              mention ?? (documented.has(variable) ? { path: "README.rst", how: "documents" } : undefined);
            // Of one element's conditions on a variable the first says it for all.
            const key = `${element.name} ${variable}`;
            if (told.has(key)) continue;
            told.add(key);
            const certain =
              systems === "" && outside === undefined && !setters.some((setter) => besides(element, setter));
            yield {
              ...(!certain && { severity: "warning" as const }),
              element: element.name,
              message:
                outside === undefined
                  ? `the condition of "${name}" reads "${variable}", which nothing in the build sets: upstream then aborts${where}`
                  : `the condition of "${name}" reads "${variable}", which only ${outside.path} ${outside.how}: where that is not used, upstream aborts${where}`,
              help: helpFor(variable, setters, systems !== "" ? undefined : closeName(variable, known)),
              location,
            };
          }
        }
      }
    }
  },
});

/** Elements of one tree are meant to be used together, whether or not they name each other. */
function besides(element: Element, setter: Element): boolean {
  return dirname(element.root) === dirname(setter.root);
}

function helpFor(variable: string, setters: readonly Element[], meant: string | undefined): string {
  if (setters.length === 1)
    return `depend on "${setters[0]?.name}", which sets it, or export a default in environment.d`;
  const example = `export ${variable}=\${${variable}:-…}`;
  const advice = `export a default in environment.d (${example}), or list it under variables in the configuration`;
  return setters.length === 0 && meant !== undefined ? `did you mean "${meant}"? if not, ${advice}` : advice;
}
