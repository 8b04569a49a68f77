import { replacement } from "../edits.js";
import { defineRule } from "../rule.js";
import { quoted } from "../words.js";

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
    for (const { name, alternatives } of views.packageInstalls.value) {
      for (const { fields } of alternatives) {
        for (const key of ["arch", "not-arch"]) {
          const field = fields.get(key);
          if (typeof field?.value !== "string" || !/\s/.test(field.value)) continue;
          const padded = field.value.split(",").filter((item) => item !== item.trim());
          const archs = padded.map((item) => item.trim());
          const effect =
            key === "arch"
              ? `so "${name}" is not installed on ${quoted(archs)}`
              : `so "${name}" is installed on ${quoted(archs)} too`;
          const tight = field.value.split(",").map((item) => item.trim());
          yield {
            message: `blanks in ${key} "${field.value}" are part of the names, ${effect}`,
            help: `write "${tight.join(",")}"`,
            location: field.location,
            fix: replacement("remove the blanks", true, field.location, tight.join(",")),
          };
        }
      }
    }
  },
});
