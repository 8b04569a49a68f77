import { parseWhen, type WhenCondition } from "@dibkit/model";
import { replacement } from "../edits.js";
import { targetsByArch } from "../package-targets.js";
import { defineRule } from "../rule.js";
import { onTargetsOnly } from "../targets.js";
import { impossibleValue } from "../variable-values.js";

export default defineRule({
  id: "packages-when",
  summary: "each when of package-installs compares one variable with one value",
  why: "Upstream takes everything after the operator as the value, so `A == 1`, `A = 1 and B = 2`, quotes and trailing blanks never match, without a word.",
  upstream: "The statement must match `VARIABLE = value` or `VARIABLE != value`; the value is compared as it is.",
  fix: "Write one comparison; for several, give a list, all of which must hold.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/package-installs.yaml": "nginx:\n  when: DIB_WEB == nginx\n" },
    good: { "web/package-installs.yaml": "nginx:\n  when:\n    - DIB_WEB = nginx\n    - DIB_TLS != 0\n" },
  },
  *check({ views, targets }) {
    const distros = new Set(targets.map(({ distro }) => distro));
    for (const { name, alternatives } of views.packageInstalls.value) {
      for (const alternative of alternatives) {
        const where = onTargetsOnly(targetsByArch(alternative, targets), targets);
        for (const { text, location } of alternative.when) {
          const condition = parseWhen(text);
          // A malformed statement is the schema's to report.
          const trap = condition && (trapOf(condition.value) ?? impossible(condition, distros));
          if (condition === undefined || trap === undefined) continue;
          const { variable, operator } = condition;
          const always = operator === "!=" ? "always" : "never";
          yield {
            ...(trap.severity && { severity: trap.severity }),
            message: `"${variable}" is compared with "${condition.value}", ${trap.what}, so "${name}" is ${always} installed by this condition${where}`,
            help: trap.help(variable, operator),
            location,
            ...(trap.value !== undefined && {
              fix: replacement(
                "compare with the value alone",
                false,
                location,
                `${variable} ${operator} ${trap.value}`,
              ),
            }),
          };
        }
      }
    }
  },
});

interface Trap {
  readonly severity?: "warning";
  readonly what: string;
  /** The value that was probably meant. */
  readonly value?: string;
  help(variable: string, operator: string): string;
}

function trapOf(value: string): Trap | undefined {
  const doubled = /^=\s*(.*)$/.exec(value)?.[1];
  if (doubled !== undefined) {
    return simple('which begins with the second "=" of "=="', doubled.trim());
  }
  if (/\s(and|or|&&|\|\|)\s/.test(value)) {
    return { what: "the rest of the line", help: () => "give a list of comparisons, one in each line" };
  }
  const quotes = /^(["'])(.*)\1$/.exec(value)?.[2];
  if (quotes !== undefined) return simple("quotes included", quotes);
  return value !== value.trim() ? simple("trailing blanks included", value.trim()) : undefined;
}

/** `DISTRO_NAME = fedroa`, `DIB_RELEASE = ubuntu`. */
function impossible({ variable, value }: WhenCondition, distros: ReadonlySet<string>): Trap | undefined {
  const found = impossibleValue(variable, value, distros);
  if (found === undefined) return undefined;
  const { why, help, meant } = found;
  if (meant !== undefined) return { ...simple(why, meant), severity: "warning" };
  return { severity: "warning", what: why, help: () => help };
}

function simple(what: string, value: string): Trap {
  return { what, value, help: (variable, operator) => `write "${variable} ${operator} ${value}"` };
}
