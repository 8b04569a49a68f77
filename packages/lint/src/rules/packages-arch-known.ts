import { ARCHITECTURES, type Location, nearestName } from "@dibkit/model";
import { defineRule, type Finding } from "../rule.js";
import { quoted, shortList } from "../words.js";

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
    const mistakes = new Map<string, Mistake>();
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
            const mistake = mistakes.get(`${location.source.path} ${key} ${one}`);
            if (mistake === undefined)
              mistakes.set(`${location.source.path} ${key} ${one}`, { key, one, other, names: [name], location });
            else if (!mistake.names.includes(name)) mistake.names.push(name);
          }
        }
      }
    }
    yield* [...mistakes.values()].map(findingOf);
  },
});

/** The same word in one file, with all packages that it is said of. */
interface Mistake {
  readonly key: "arch" | "not-arch";
  readonly one: string;
  readonly other: string | undefined;
  readonly names: string[];
  readonly location: Location;
}

function findingOf({ key, one, other, names, location }: Mistake): Finding {
  const meant = other ?? nearestName(one, ARCHITECTURES);
  const packages = names.length === 1 ? "the package is" : "the packages are";
  return {
    // A machine that this version does not know may well exist.
    ...(meant === undefined && { severity: "warning" as const }),
    message: `${key} of ${shortList(names)} names "${one}", which builds ${other === undefined ? "do not have" : `call "${other}"`}: there ${packages} ${key === "arch" ? "not installed" : "installed"}`,
    help: meant === undefined ? `use one of ${quoted(ARCHITECTURES)}` : `write "${meant}"`,
    location,
  };
}
