import type { Element, ElementFile } from "./element.js";

/** A file as a text states it: its content, or content with mode bits, or the target of a symbolic link. */
export type TextFile = string | { readonly content: string; readonly mode: number } | { readonly link: string };

/**
 * Elements in memory, keyed by `<element>/<path>`, e.g. `web/install.d/50-nginx`. A content that begins with `#!` is
 * executable, any other is not, unless the mode says so. Keys without a slash are left to whoever reads the tree.
 */
export type TextTree = Readonly<Record<string, TextFile>>;

/** Elements that lie on no disk, as if they were in the directory `root`. */
export function elementsFromTexts(tree: TextTree, root = "/elements"): readonly Element[] {
  const files = new Map<string, Map<string, ElementFile>>();
  for (const [path, file] of Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const slash = path.indexOf("/");
    if (slash === -1) continue;
    const name = path.slice(0, slash);
    const inside = path.slice(slash + 1);
    const element = files.get(name) ?? new Map<string, ElementFile>();
    files.set(name, element);
    element.set(inside, elementFile(`${root}/${path}`, inside, file));
  }
  return [...files].map(([name, element]) => ({
    name,
    root: `${root}/${name}`,
    origin: "disk" as const,
    files: element,
  }));
}

function elementFile(onDisk: string, path: string, file: TextFile): ElementFile {
  const origin = { kind: "disk" as const, path: onDisk };
  if (typeof file === "object" && "link" in file) return { kind: "symlink", path, target: file.link, origin };
  const content = typeof file === "string" ? file : file.content;
  const mode = typeof file === "string" ? (content.startsWith("#!") ? 0o755 : 0o644) : file.mode;
  return { kind: "file", path, mode, origin, bytes: new TextEncoder().encode(content) };
}
