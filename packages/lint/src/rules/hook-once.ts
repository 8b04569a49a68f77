import type { Element, ElementFile, Location } from "@dibkit/model";
import { defineGraphRule } from "../rule.js";
import { arrows } from "../words.js";

export default defineGraphRule({
  id: "hook-once",
  summary: "no two elements of a build have the same file in the same place",
  why: "The directories of all elements are merged into one. Of two hook scripts with one name the build refuses both; of two other files one is lost.",
  upstream:
    "For phase scripts the build ends with `There is a duplicated hook in your elements`, without naming the elements; other files overwrite each other in random order.",
  fix: "Rename one of the files.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/element-deps": "proxy\n",
      "web/install.d/50-setup": "#!/bin/bash\nset -eu\nset -o pipefail\n",
      "proxy/install.d/50-setup": "#!/bin/bash\nset -eu\nset -o pipefail\n",
    },
    good: {
      "web/element-deps": "proxy\n",
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n",
      "proxy/install.d/50-proxy": "#!/bin/bash\nset -eu\nset -o pipefail\n",
    },
  },
  *check({ composition, focus, contextOf }) {
    const first = new Map<string, Element>();
    for (const { element, path } of composition.elements) {
      for (const file of element.files.values()) {
        if (!isMerged(file)) continue;
        const before = first.get(file.path);
        if (before === undefined) {
          first.set(file.path, element);
          continue;
        }
        if (focus !== undefined && focus !== before && focus !== element) continue;
        yield clash(before, element, file.path, path, (owner) => contextOf(owner).place(file.path));
      }
    }
  },
});

/** Upstream merges every sub-directory but tests; the files at the top are about the element itself. */
function isMerged({ path, kind }: ElementFile): boolean {
  if (kind === "directory") return false;
  if (!path.includes("/")) return /^(source-repository-|block-device-.*\.yaml$)/.test(path);
  return !/^(tests|test-elements|__pycache__|\.[^/]*)\/|\/__pycache__\/|\.pyc$/.test(path);
}

function clash(
  before: Element,
  element: Element,
  file: string,
  way: readonly string[],
  place: (owner: Element) => Location,
) {
  const isHook = /^[a-z-]+\.d\/[^/]+$/.test(file);
  const effect = isHook ? "the build refuses that" : "one of them is lost";
  return {
    ...(isHook ? {} : { severity: "warning" as const }),
    element: element.name,
    message: `elements "${before.name}" and "${element.name}" (${arrows(way)}) both have ${file}: ${effect}`,
    help: "rename one of the files",
    location: place(element),
    related: [{ message: `the same file of "${before.name}"`, location: place(before) }],
  };
}
