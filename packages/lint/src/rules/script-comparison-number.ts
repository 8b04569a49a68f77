import { DISTRIBUTIONS, distributionFacts } from "@dibkit/model";
import { type Given, onlyVariable } from "@dibkit/shell";
import { defineRule } from "../rule.js";
import { shellFiles } from "../shell-files.js";
import { givenDistributions, unnumberedRelease } from "../variable-values.js";

export default defineRule({
  id: "script-comparison-number",
  summary: "releases are compared as numbers only where they are numbers",
  why: "`[ $DIB_RELEASE -ge 8 ]` fails on `8-stream` and `jammy`: in `[ ]` with an error and as not true, in `[[ ]]` and `(( ))` the words are taken for variables, which `set -u` does not allow.",
  upstream:
    "DIB_RELEASE is a code name on Ubuntu and Debian, `9-stream` on CentOS, and a number on Fedora, RHEL and Rocky.",
  fix: "Compare the number before the hyphen, `${DIB_RELEASE%%-*}`, or the names themselves.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web":
        '#!/bin/bash\nset -eu\nset -o pipefail\nif [[ $DISTRO_NAME == "centos" && $DIB_RELEASE -ge 8 ]]; then\n    uptime\nfi\n',
    },
    good: {
      "web/install.d/50-web":
        '#!/bin/bash\nset -eu\nset -o pipefail\nif [[ $DISTRO_NAME == "centos" && ${DIB_RELEASE%%-*} -ge 8 ]]; then\n    uptime\nfi\n',
    },
  },
  *check(context) {
    const all = [...new Set(context.targets.map(({ distro }) => distro))].filter(distributionFacts);
    for (const file of shellFiles(context)) {
      const { text } = file.source;
      if (file.shell.assignments.some(({ name }) => name === "DIB_RELEASE" || name === "DISTRO_NAME")) continue;
      for (const [index, test] of file.shell.tests.entries()) {
        const { operator, left, right, start, end, context: where } = test;
        if (left === undefined || !/^-(eq|ne|lt|le|gt|ge)$/.test(operator)) continue;
        const names = [left, right].map((word) => onlyVariable(text.slice(word.start, word.end)));
        if (!names.includes("DIB_RELEASE")) continue;
        const given = [...where.given, ...givenBefore(file.shell.tests, index)];
        if (given.some(({ variable }) => variable === "DIB_RELEASE")) continue;
        // Where the script asks nothing it may be meant for anything; only what it names is surely meant.
        const meant = givenDistributions(given) ?? ownDistributions(file.path, context.element.name, all);
        const release = unnumberedRelease(meant);
        if (release === undefined) continue;
        yield {
          message: `\`${operator}\` compares numbers, but DIB_RELEASE is "${release.release}" or the like on ${release.distro}`,
          help: release.distro === "centos" ? "compare ${DIB_RELEASE%%-*}" : "compare the names of the releases",
          location: file.at({ start, end }),
        };
      }
    }
  },
});

/** What tests before it in the same chain of `&&` say. */
function givenBefore(
  tests: readonly {
    readonly start: number;
    readonly joint: "and" | "or" | undefined;
    readonly operator: string;
    readonly negated: boolean;
    readonly left: { readonly variables: readonly string[] } | undefined;
    readonly right: { readonly literal: string | undefined };
  }[],
  index: number,
): readonly Given[] {
  const found: Given[] = [];
  for (let at = index; at > 0 && tests[at]?.joint === "and"; at -= 1) {
    const before = tests[at - 1];
    const variable = before?.left?.variables[0];
    const value = before?.right.literal;
    if (before === undefined || variable === undefined || value === undefined || before.negated) continue;
    if (before.operator === "=" || before.operator === "==") found.push({ variable, values: [value], regex: false });
    else if (before.operator === "=~")
      found.push({ variable, values: value.replace(/^\^?\(|\)\$?$/g, "").split("|"), regex: true });
  }
  return found;
}

/** An element for one system is called after it; any other is built on all. */
function ownDistributions(path: string, element: string, all: readonly string[]): readonly string[] {
  const named = DISTRIBUTIONS.filter((distro) => `${element}/${path}`.includes(distro));
  return named.length > 0 ? named : all;
}
