import { type Catalog, createCatalog, type Element, type ElementFile, type SourceText } from "@dibkit/model";
import type { ExampleFile, ExampleTree } from "../rule.js";

/** Elements as an example states them, as if they lay in `/elements`. */
export function exampleElements(tree: ExampleTree): readonly Element[] {
  const files = new Map<string, Map<string, ElementFile>>();
  for (const [path, file] of Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const slash = path.indexOf("/");
    if (slash === -1) continue;
    const name = path.slice(0, slash);
    const inside = path.slice(slash + 1);
    const element = files.get(name) ?? new Map<string, ElementFile>();
    files.set(name, element);
    element.set(inside, elementFile(`/elements/${path}`, inside, file));
  }
  return [...files].map(([name, element]) => ({
    name,
    root: `/elements/${name}`,
    origin: "disk" as const,
    files: element,
  }));
}

export function exampleCatalog(tree: ExampleTree, later: ExampleTree = {}): Catalog {
  return createCatalog([
    { path: "/elements", elements: exampleElements(tree) },
    { path: "/later", elements: exampleElements(later) },
  ]);
}

function elementFile(onDisk: string, path: string, file: ExampleFile): ElementFile {
  const origin = { kind: "disk" as const, path: onDisk };
  if (typeof file === "object" && "link" in file) return { kind: "symlink", path, target: file.link, origin };
  const content = typeof file === "string" ? file : file.content;
  const mode = typeof file === "string" ? (content.startsWith("#!") ? 0o755 : 0o644) : file.mode;
  return { kind: "file", path, mode, origin, bytes: new TextEncoder().encode(content) };
}

/** Image files of an example, which have no slash in their paths. */
export function exampleImageFiles(tree: ExampleTree): readonly SourceText[] {
  return Object.entries(tree).flatMap(([path, file]) =>
    path.includes("/") || typeof file !== "string" ? [] : [{ path: `/elements/${path}`, text: file }],
  );
}
