import { nearestName, parseWhen, viewsOf } from "@dibkit/model";
import { setVariables } from "../known-variables.js";
import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "packages-when-set",
  summary: "variables in when conditions of package-installs are always set",
  why: "A condition on a variable that is not set ends the build with a Python traceback.",
  upstream: "package-installs-squash raises `The variable <NAME> is not set`.",
  fix: "Give the variable a default in environment.d: `export NAME=${NAME:-value}`.",
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
    const { composition, focus, facts } = context;
    const elements = focus === undefined ? composition.elements.map(({ element }) => element) : [focus];
    const known = setVariables(context);
    for (const element of elements) {
      for (const { name, alternatives } of viewsOf(element).packageInstalls.value) {
        for (const { text, location } of alternatives.flatMap((alternative) => alternative.when)) {
          const variable = parseWhen(text)?.variable;
          if (variable === undefined || known.has(variable)) continue;
          const setters = facts.exports.get(variable);
          const meant = nearestName(variable, known);
          const help =
            setters !== undefined
              ? `depend on "${setters[0]?.element.name}", which sets it, or export a default in environment.d`
              : meant !== undefined
                ? `did you mean "${meant}"?`
                : `export a default in environment.d: export ${variable}=\${${variable}:-…}`;
          yield {
            element: element.name,
            message: `the condition of "${name}" reads "${variable}", which nothing in the build sets: upstream then aborts`,
            help,
            location,
          };
        }
      }
    }
  },
});
