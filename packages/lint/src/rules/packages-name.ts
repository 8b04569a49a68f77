import { defineRule } from "../rule.js";

export default defineRule({
  id: "packages-name",
  summary: "each key of package-installs is one package",
  why: "`libfoo libbar:` asks for one package of that whole name, which no distribution has: the build ends there.",
  upstream: "package-installs takes each key as a name, maps it, and hands it to install-packages.",
  fix: "Give each package a line of its own.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/package-installs.yaml": "libfoo libbar:\n" },
    good: { "web/package-installs.yaml": "libfoo:\nlibbar:\n" },
  },
  *check({ views }) {
    const maps = new Set(views.pkgMap.value?.entries.map(({ name }) => name));
    for (const { name, location } of views.packageInstalls.value) {
      const split = /[\s,;]/.test(name.trim()) || name !== name.trim();
      // A dnf group has blanks in its name.
      if (!split || name.startsWith("@") || maps.has(name)) continue;
      const words = name.split(/[\s,;]+/).filter((word) => word !== "");
      yield {
        message: `"${name}" is taken for the name of one package`,
        help:
          words.length > 1
            ? `write ${words.map((word) => `"${word}:"`).join(" and ")} on lines of their own`
            : `write "${words[0]}:"`,
        location,
      };
    }
  },
});
