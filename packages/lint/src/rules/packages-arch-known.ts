import { ARCHITECTURES, nearestName } from "@dibkit/model";
import { defineRule } from "../rule.js";
import { quoted } from "../words.js";

/** What the kernel, and thus people, call an architecture that a build calls otherwise unless it is told. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  aarch64: "arm64",
  armv7l: "armhf",
  i686: "i386",
  x86_64: "amd64",
  "x86-64": "amd64",
};

export default defineRule({
  id: "packages-arch-known",
  summary: "architectures in package-installs are those that builds have",
  why: "A name that no build has as ARCH never matches: `arch: x86_64` installs the package nowhere, `not-arch: aarch64` everywhere, and nothing says so.",
  upstream:
    "ARCH is the Debian name of the machine (amd64, arm64, armhf …) unless -a says otherwise, and is compared as text.",
  fix: "Use the Debian name of the architecture, or name both.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/package-installs.yaml": "nginx:\n  arch: x86_64\n" },
    good: { "web/package-installs.yaml": "nginx:\n  arch: amd64,x86_64\n" },
  },
  *check({ views, targets }) {
    const known = new Set<string>([...ARCHITECTURES, "powerpc", ...targets.map(({ arch }) => arch)]);
    const asked = new Set(targets.map(({ arch }) => arch));
    for (const { name, alternatives } of views.packageInstalls.value) {
      for (const { arch, notArch, fields } of alternatives) {
        for (const [key, archs] of [
          ["arch", arch],
          ["not-arch", notArch],
        ] as const) {
          const location = fields.get(key)?.location;
          for (const one of archs) {
            const other = OTHER_NAMES[one];
            if (location === undefined || (other === undefined ? known.has(one) : archs.includes(other))) continue;
            // A matrix of one's own may hold builds with -a x86_64.
            if (other !== undefined && asked.size < ARCHITECTURES.length && asked.has(one)) continue;
            const meant = other ?? nearestName(one, ARCHITECTURES);
            const effect = key === "arch" ? "not installed" : "installed";
            yield {
              // A machine that this version does not know may well exist.
              ...(meant === undefined && { severity: "warning" as const }),
              message: `${key} of "${name}" names "${one}", which builds ${other === undefined ? "do not have" : `call "${other}"`}: there the package is ${effect}`,
              help: meant === undefined ? `use one of ${quoted(ARCHITECTURES)}` : `write "${meant}"`,
              location,
            };
          }
        }
      }
    }
  },
});
