import { dirname, resolve as resolvePath } from "node:path";
import { type Element, viewsOf } from "@dibkit/model";
import type { Project } from "../project/open-project.js";
import { isBelow } from "../project/paths-below.js";

/** An element below `test-elements` of another one, which is built with it, as upstream's `run_functests.sh` does. */
export interface ElementTest {
  /** `web/build-succeeds`. */
  readonly name: string;
  readonly element: Element;
  readonly test: Element;
  /** What its file `element-type` says: `disk`, the default, or `ramdisk`. */
  readonly kind: string;
  /** What its file `test-output-formats` says, comma-separated; default `tar`. */
  readonly formats: string;
}

/** The tests of an element, sorted by name. */
export function testsOf(element: Element): readonly ElementTest[] {
  return viewsOf(element)
    .testElements.value.map((test) => ({
      name: `${element.name}/${test.name}`,
      element,
      test,
      kind: wordIn(test, "element-type") ?? "disk",
      formats: wordIn(test, "test-output-formats") ?? "tar",
    }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function wordIn(test: Element, path: string): string | undefined {
  const file = test.files.get(path);
  if (file?.kind !== "file") return undefined;
  return Buffer.from(file.bytes).toString("utf8").trim();
}

/** Elements that belong to a project, not to what it stands on: in TypeScript, or in a directory that it or the caller names. */
export function ownElements(
  { root, config, catalog, elements }: Project,
  elementsPath: readonly string[],
  cwd: string,
): readonly Element[] {
  const named = [
    ...elementsPath.flatMap((entry) => entry.split(":")).map((path) => resolvePath(cwd, path)),
    ...(config.elementsPath ?? []).map((path) => resolvePath(root, path)),
  ];
  const defined = new Set(elements.map(({ name }) => name));
  const isOwn = (element: Element) =>
    defined.has(element.name) || named.some((path) => isBelow(path, dirname(element.root)));
  return [...catalog.elements.values()].filter(isOwn);
}
