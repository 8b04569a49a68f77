import { type Element, nearestName, parseWhen, viewsOf } from "@dibkit/model";
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
  needsUpstream: true,
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
            yield {
              ...((systems !== "" || documented.has(variable)) && { severity: "warning" as const }),
              element: element.name,
              message: `the condition of "${name}" reads "${variable}", which nothing in the build sets: upstream then aborts${where}`,
              help: helpFor(variable, setters, systems !== "" ? undefined : nearestName(variable, known)),
              location,
            };
          }
        }
      }
    }
  },
});

function helpFor(variable: string, setters: readonly Element[], meant: string | undefined): string {
  if (setters.length === 1)
    return `depend on "${setters[0]?.name}", which sets it, or export a default in environment.d`;
  if (setters.length === 0 && meant !== undefined) return `did you mean "${meant}"?`;
  const example = `export ${variable}=\${${variable}:-…}`;
  return `export a default in environment.d (${example}), or list it under variables in the configuration`;
}
