import type { Location } from "@dibkit/model";
import { replaced } from "../edits.js";
import { defineRule } from "../rule.js";
import { quoted, shortList } from "../words.js";

export default defineRule({
  id: "packages-arch-spaces",
  summary: "lists of architectures in package-installs have no blanks",
  why: "Upstream compares each item as it is, blanks included: in `ppc64, ppc64le` the second never matches.",
  upstream:
    "The code that should strip the blanks throws its result away, although the README shows a list with blanks.",
  fix: "Write the list without blanks.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/package-installs.yaml": "nginx:\n  arch: amd64, arm64\n" },
    good: { "web/package-installs.yaml": "nginx:\n  arch: amd64,arm64\n" },
  },
  *check({ views }) {
    const byFile = new Map<string, Blank[]>();
    for (const { name, alternatives, path } of views.packageInstalls.value) {
      for (const { fields } of alternatives) {
        for (const key of ["arch", "not-arch"]) {
          const field = fields.get(key);
          if (typeof field?.value !== "string" || !/\s/.test(field.value)) continue;
          byFile.set(path, [...(byFile.get(path) ?? []), { name, key, value: field.value, location: field.location }]);
        }
      }
    }
    for (const blanks of byFile.values()) {
      const [{ name, key, value, location }, ...more] = blanks as [Blank, ...Blank[]];
      const archs = value.split(",").flatMap((item) => (item === item.trim() ? [] : [item.trim()]));
      const effect = `so "${name}" is ${key === "arch" ? "not installed" : "installed"} on ${quoted(archs)}${key === "arch" ? "" : " too"}`;
      const others = more.length === 0 ? "" : `; the same is so of ${shortList(more.map((other) => other.name))}`;
      yield {
        message: `blanks in ${key} "${value}" are part of the names, ${effect}${others}`,
        help: `write "${tight(value)}"`,
        location,
        related: more.map((other) => ({ message: `"${other.value}" of "${other.name}"`, location: other.location })),
        fix: {
          title: "remove the blanks, which makes the packages count for more architectures",
          safe: false,
          edits: blanks.map((blank) => replaced(blank.location, tight(blank.value))),
        },
      };
    }
  },
});

interface Blank {
  readonly name: string;
  readonly key: string;
  readonly value: string;
  readonly location: Location;
}

function tight(value: string): string {
  return value
    .split(",")
    .map((item) => item.trim())
    .join(",");
}
