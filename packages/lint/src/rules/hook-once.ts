import type { Catalog, Element, ElementFile, Location } from "@dibkit/model";
import type { BuildContext } from "../build-context.js";
import { defineGraphRule } from "../rule.js";
import { allSystems, onSystemsOnly, systemsOf, systemsWith } from "../systems.js";
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
  *check(context) {
    const { composition, focus, contextOf } = context;
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
        yield clash(before, element, file.path, ` (${arrows(path)})`, (owner) =>
          contextOf(owner).locationOf(file.path),
        );
      }
    }
    if (focus !== undefined) yield* clashesWithSystems(context, focus);
  },
});

/** Upstream merges every sub-directory but tests; the files at the top are about the element itself. */
function isMerged({ path, kind }: ElementFile): boolean {
  if (kind === "directory") return false;
  if (!path.includes("/")) return /^(source-repository-|block-device-.*\.yaml$)/.test(path);
  return !/^(tests|test-elements|__pycache__|\.[^/]*)\/|\/__pycache__\/|\.pyc$/.test(path);
}

/** An element is built on an operating system that it does not name: what that brings may be in its way. */
function* clashesWithSystems({ composition, catalog, targets, contextOf }: BuildContext, focus: Element) {
  if (composition.closure.providers.has("operating-system")) return;
  // What is itself part of a system, such as a package manager, is not built on the others.
  if (systemsWith(catalog, focus.name).length > 0) return;
  const systems = systemsOf(catalog, targets);
  const present = new Set(composition.elements.map(({ element }) => element));
  for (const file of focus.files.values()) {
    if (!isMerged(file)) continue;
    const other = ownersInSystems(catalog)
      .get(file.path)
      ?.find((owner) => !present.has(owner) && systemsWith(catalog, owner.name, targets).length > 0);
    if (other === undefined) continue;
    const where = onSystemsOnly(systemsWith(catalog, other.name, targets), systems);
    const found = clash(other, focus, file.path, "", (owner) => contextOf(owner).locationOf(file.path));
    // Where it is not so on every system, the element may not be meant for that one.
    yield { ...found, message: `${found.message}${where}`, ...(where !== "" && { severity: "warning" as const }) };
  }
}

const ownersByCatalog = new WeakMap<Catalog, ReadonlyMap<string, readonly Element[]>>();

/** Merged files of everything that any operating system brings, and whose they are. */
function ownersInSystems(catalog: Catalog): ReadonlyMap<string, readonly Element[]> {
  const known = ownersByCatalog.get(catalog);
  if (known) return known;
  const names = new Set(allSystems(catalog).flatMap((system) => [...system.names]));
  const owners = new Map<string, Element[]>();
  for (const element of [...names].flatMap((name) => catalog.elements.get(name) ?? [])) {
    for (const file of element.files.values()) {
      if (!isMerged(file)) continue;
      const others = owners.get(file.path);
      if (others) others.push(element);
      else owners.set(file.path, [element]);
    }
  }
  ownersByCatalog.set(catalog, owners);
  return owners;
}

function clash(before: Element, element: Element, file: string, way: string, locationOf: (owner: Element) => Location) {
  const isHook = /^[a-z-]+\.d\/[^/]+$/.test(file);
  const effect = isHook ? "the build refuses that" : "one of them is lost";
  return {
    ...(isHook ? {} : { severity: "warning" as const }),
    element: element.name,
    message: `elements "${before.name}" and "${element.name}"${way} both have ${file}: ${effect}`,
    help: "rename one of the files",
    location: locationOf(element),
    related: [{ message: `the same file of "${before.name}"`, location: locationOf(before) }],
  };
}
