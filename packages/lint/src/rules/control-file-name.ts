import { nearestName } from "@dibkit/model";
import { nameChange } from "../edits.js";
import { defineRule } from "../rule.js";

/** Names at the top of an element that mean something. */
const CONTROL_FILES = [
  "element-deps",
  "element-provides",
  "package-installs.yaml",
  "package-installs.json",
  "pkg-map",
  "svc-map",
  "block-device-default.yaml",
  "README.rst",
];

/** Names people write that are too far from the right one for a spelling distance, or near two. */
const MISTAKES: Readonly<Record<string, string>> = {
  "package-installs.yml": "package-installs.yaml",
  "package-install.yml": "package-installs.yaml",
  "package-installs": "package-installs.yaml",
  "pkg-map.json": "pkg-map",
  "pkg-map.yaml": "pkg-map",
  "svc-map.yaml": "svc-map",
  "svc-map.yml": "svc-map",
  dependencies: "element-deps",
  deps: "element-deps",
  provides: "element-provides",
  "block-device-default.yml": "block-device-default.yaml",
  "block-device.yaml": "block-device-default.yaml",
};

export default defineRule({
  id: "control-file-name",
  summary: "control files are spelt as upstream looks for them",
  why: "A file called elements-deps or package-install.yaml is never read, and nothing says so.",
  upstream: "Each file is looked for by its exact name.",
  fix: "Rename the file.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/elements-deps": "base\n", "base/README.rst": "x\n" },
    good: { "web/element-deps": "base\n", "base/README.rst": "x\n" },
  },
  *check({ element, textFiles, locationOf }) {
    for (const entry of element.files.values()) {
      const name = entry.path;
      if (name.includes("/") || CONTROL_FILES.includes(name) || entry.kind === "directory") continue;
      const known = Object.hasOwn(MISTAKES, name) ? MISTAKES[name] : undefined;
      const meant = known ?? near(name);
      if (meant === undefined || element.files.has(meant)) continue;
      // A script of the element may well read a file of such a name; a README or element-deps names elements.
      const readers = textFiles.filter(
        (file) => file.path !== name && !CONTROL_FILES.includes(file.path) && !file.path.startsWith("README"),
      );
      if (readers.some((file) => file.source.text.includes(name))) continue;
      yield {
        ...(known === undefined && !/^(elements?|packages?|pkg|svc)[-_]/.test(name)
          ? { severity: "warning" as const }
          : {}),
        message: `"${name}" of element "${element.name}" is not read by anything; did you mean "${meant}"?`,
        help: `rename it to "${meant}"`,
        location: locationOf(name),
        ...(entry.kind === "file" && nameChange(`rename to ${meant}, which makes builds read it`, entry, meant)),
      };
    }
  },
});

function near(name: string): string | undefined {
  const repositories = /^source[-_]repositor(y|ies)[-_.]?(.+)?$/.exec(name);
  if (repositories && !/^source-repository-./.test(name)) return `source-repository-${repositories[2] ?? "NAME"}`;
  if (name.startsWith("README") || /^(block-device|source-repository)-./.test(name)) return undefined;
  const nearest = nearestName(
    name,
    CONTROL_FILES.filter((file) => file !== "README.rst"),
  );
  if (nearest === undefined || Math.abs(nearest.length - name.length) > 3) return undefined;
  return nearest;
}
