import { type Catalog, createCatalog, type Element, elementsFromTexts, type SourceText } from "@dibkit/model";
import type { ExampleTree } from "../rule.js";

/** Elements as an example states them, as if they lay in `/elements`. */
export function exampleElements(tree: ExampleTree): readonly Element[] {
  return elementsFromTexts(tree);
}

export function exampleCatalog(tree: ExampleTree, later: ExampleTree = {}): Catalog {
  return createCatalog([
    { path: "/elements", elements: exampleElements(tree) },
    { path: "/later", elements: exampleElements(later) },
  ]);
}

/** Image files of an example, which have no slash in their paths. */
export function exampleImageFiles(tree: ExampleTree): readonly SourceText[] {
  return Object.entries(tree).flatMap(([path, file]) =>
    path.includes("/") || typeof file !== "string" ? [] : [{ path: `/elements/${path}`, text: file }],
  );
}
