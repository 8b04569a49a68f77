import { existsSync, readdirSync, readFileSync } from "node:fs";

interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/**
 * Where the image takes Debian packages from: the mirror that apt on this machine uses, when it is a Debian machine,
 * and upstream's default otherwise.
 */
export function debianMirror(release: string): Record<string, string> {
  // Upstream's default names the security suite as releases before Debian 11 had it: `RELEASE/updates`.
  const fallback = { DIB_DEBIAN_SECURITY_SUBPATH: "-security" };
  const host = readFileSync("/etc/os-release", "utf8");
  const codename = /^VERSION_CODENAME="?([a-z]+)/m.exec(host)?.[1];
  if (!/^ID=debian$/m.test(host) || codename === undefined) return fallback;

  const sources = aptSources();
  const sourceOf = (suite: string) => sources.find((source) => source.suites.includes(suite));
  const main = sourceOf(codename);
  if (!main) return fallback;
  const lines = ["", "-updates", "-security"].flatMap((suffix) => {
    const source = sourceOf(`${codename}${suffix}`);
    return source ? [`debian${suffix}:deb ${source.uri} ${release}${suffix} main`] : [];
  });
  return { DIB_DISTRIBUTION_MIRROR: main.uri, DIB_APT_SOURCES_CONF: lines.join("\n") };
}

function aptSources(): readonly AptSource[] {
  const folder = "/etc/apt/sources.list.d";
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const lists = [
    "/etc/apt/sources.list",
    ...names.filter((name) => name.endsWith(".list")).map((name) => `${folder}/${name}`),
  ];
  const deb822 = names.filter((name) => name.endsWith(".sources")).map((name) => `${folder}/${name}`);
  return [
    ...lists.filter((path) => existsSync(path)).flatMap((path) => oneLineSources(readFileSync(path, "utf8"))),
    ...deb822.flatMap((path) => deb822Sources(readFileSync(path, "utf8"))),
  ];
}

/** `deb [options] URI SUITE COMPONENT…`. */
function oneLineSources(text: string): readonly AptSource[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/gm)].map(([, uri, suite, components]) => ({
    uri: uri as string,
    suites: [suite as string],
    components: (components as string).trim().split(/\s+/),
  }));
}

/** Paragraphs of `Field: value`, as in debian.sources. */
function deb822Sources(text: string): readonly AptSource[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const words = (field: string) =>
      (new RegExp(`^${field}:\\s*(.*)$`, "mi").exec(paragraph)?.[1] ?? "").split(/\s+/).filter((word) => word !== "");
    if (!words("Types").includes("deb") || words("Enabled")[0] === "no") return [];
    return words("URIs").map((uri) => ({ uri, suites: words("Suites"), components: words("Components") }));
  });
}
