import type { Element, ElementFile } from "../element.js";
import { findPhase } from "../phases.js";
import type { View } from "./view.js";

/** Top-level names that a view reads in place. */
const FILES =
  /^(element-deps|element-provides|README\.rst|package-installs\.(json|yaml)|pkg-map|svc-map|source-repository-.*[^~]|block-device-.*\.yaml)$/;
/** Directories all of whose contents a view gives. */
const DIRECTORIES = new Set(["environment.d", "init-scripts", "static", "bin", "test-elements"]);

/** Files that mean nothing to diskimage-builder itself; scripts of the element may well use them. */
export function parseOtherFiles(element: Element): View<readonly ElementFile[]> {
  const value = [...element.files.values()].filter(({ path, kind }) => {
    const [top = "", ...below] = path.split("/");
    if (below.length === 0 && kind !== "directory") return !FILES.test(top);
    return findPhase(top) === undefined && !DIRECTORIES.has(top) && !(top.endsWith(".d") && below.length > 0);
  });
  return { value, diagnostics: [] };
}
