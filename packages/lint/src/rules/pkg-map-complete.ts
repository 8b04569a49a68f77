import { distroFamily, mapPackage } from "@dibkit/model";
import type { Target } from "../configuration.js";
import { targetsOfPackage } from "../package-targets.js";
import { defineRule } from "../rule.js";
import { onTargetsOnly } from "../targets.js";

export default defineRule({
  id: "pkg-map-complete",
  summary: "a pkg-map for Debian maps every name that cannot be a package there",
  why: "A name without a mapping is used as it is, and Debian's packages have no capitals and underscores: the build ends when apt does not know it.",
  upstream: "package-installs asks pkg-map with --missing-ok, which gives unmapped names back unchanged.",
  fix: "Map the name for family `debian`, for the distribution, or by default; map it to an empty text to install nothing.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/package-installs.yaml": "web_server:\nweb_cache:\n",
      "web/pkg-map": '{ "family": { "debian": { "web_server": "nginx" }, "redhat": { "web_cache": "squid" } } }\n',
    },
    good: {
      "web/package-installs.yaml": "web_server:\nweb_cache:\n",
      "web/pkg-map": '{ "family": { "debian": { "web_server": "nginx" } }, "default": { "web_cache": "squid" } }\n',
    },
    configuration: { targets: [{ distro: "debian", release: "trixie", arch: "amd64" }] },
  },
  *check({ views, targets }) {
    const map = views.pkgMap.value;
    if (map === undefined) return;
    const debians = targets.filter(({ distro }) => distroFamily(distro) === "debian");
    // Only a map that speaks of Debian says that the element is meant for it.
    // A map for old releases says nothing of a newer one.
    const speaksOf = (target: Target) =>
      map.entries.some(({ section, key, release }) => {
        if (section === "family") return key === "debian";
        return key === target.distro && (section !== "release" || release === target.release);
      });
    for (const { name, alternatives, location } of views.packageInstalls.value) {
      // A version, a release or a task may follow a name that apt knows.
      if (!/[A-Z_]/.test(name.replace(/[=/^].*$/, ""))) continue;
      const wanted = new Set(alternatives.flatMap((alternative) => targetsOfPackage(alternative, debians)));
      const without = debians.filter(
        (target) => wanted.has(target) && speaksOf(target) && mapPackage(map, name, target) === undefined,
      );
      if (without.length === 0) continue;
      yield {
        message: `"${name}" is not mapped, and no package of Debian's can be called that${onTargetsOnly(without, targets)}`,
        help: "map it in pkg-map",
        location,
      };
    }
  },
});
