import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
}

/**
 * Variables that say where an image takes its Debian packages from: the mirror that apt of the building machine uses, when
 * that is a Debian too, and otherwise upstream's default, with the name that the security suite has since Debian 11.
 *
 * ```ts
 * defineImage({
 *   name: "web",
 *   elements: [elementRef("vm"), elementRef("debian-minimal")],
 *   environment: { DIB_RELEASE: "bookworm", ...debianMirror("bookworm") },
 * });
 * ```
 *
 * @param release such as `bookworm`; it may differ from that of the machine
 * @param root directory with the machine's `etc`
 */
export function debianMirror(release: string, root = "/"): Readonly<Record<string, string>> {
  const fallback = { DIB_DEBIAN_SECURITY_SUBPATH: "-security" };
  const host = textOf(join(root, "etc/os-release"));
  const codename = /^VERSION_CODENAME="?([a-z]+)/m.exec(host)?.[1];
  if (!/^ID=debian$/m.test(host) || codename === undefined) return fallback;

  const sources = aptSources(join(root, "etc/apt"));
  const sourceOf = (suite: string) => sources.find((source) => source.suites.includes(suite));
  const main = sourceOf(codename);
  if (!main) return fallback;
  const lines = ["", "-updates", "-security"].flatMap((suffix) => {
    const source = sourceOf(`${codename}${suffix}`);
    return source ? [`debian${suffix}:deb ${source.uri} ${release}${suffix} main`] : [];
  });
  return { DIB_DISTRIBUTION_MIRROR: main.uri, DIB_APT_SOURCES_CONF: lines.join("\n") };
}

function aptSources(directory: string): readonly AptSource[] {
  const folder = join(directory, "sources.list.d");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  const paths = (suffix: string) => names.filter((name) => name.endsWith(suffix)).map((name) => join(folder, name));
  return [
    ...[join(directory, "sources.list"), ...paths(".list")].flatMap((path) => oneLineSources(textOf(path))),
    ...paths(".sources").flatMap((path) => deb822Sources(textOf(path))),
  ];
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** `deb [options] URI SUITE COMPONENT…`. */
function oneLineSources(text: string): readonly AptSource[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+.+$/gm)].map(([, uri, suite]) => ({
    uri: uri as string,
    suites: [suite as string],
  }));
}

/** Paragraphs of `Field: value`, as in debian.sources. */
function deb822Sources(text: string): readonly AptSource[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const words = (field: string) =>
      (new RegExp(`^${field}:\\s*(.*)$`, "mi").exec(paragraph)?.[1] ?? "").split(/\s+/).filter((word) => word !== "");
    if (!words("Types").includes("deb") || words("Enabled")[0] === "no") return [];
    return words("URIs").map((uri) => ({ uri, suites: words("Suites") }));
  });
}
