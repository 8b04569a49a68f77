// Where builds of the benches take Debian from: the sources of apt on this machine, for any release.
import { readFileSync } from "node:fs";
import { timed } from "./timed.mjs";

/** The codename of this machine's release; undefined where it has none. */
export function hostRelease() {
  return /^VERSION_CODENAME=(\w+)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
}

/** `lines` as in sources.list, and the variables that make the Debian elements use them. */
export function debianSources(release) {
  const host = hostRelease();
  const { stdout } = timed(["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages"]);
  const found = [...new Set(stdout.trim().split("\n"))].map((line) => line.split(" "));
  const suites = ["", "-updates", "-security"].flatMap((suffix) => {
    const site = found.find(([, suite]) => suite === `${host}${suffix}`)?.[0];
    const suite = `${release}${suffix}`;
    return site === undefined ? [] : [{ site, suite, line: `deb ${site} ${suite} main` }];
  });
  return {
    lines: suites.map(({ line }) => `${line}\n`).join(""),
    environment: {
      DIB_RELEASE: release,
      ...(suites.length === 0
        ? {}
        : {
            DIB_DISTRIBUTION_MIRROR: suites[0].site,
            DIB_APT_SOURCES_CONF: suites.map(({ suite, line }) => `${suite}:${line}`).join("\n"),
          }),
    },
  };
}
