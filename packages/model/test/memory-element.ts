import type { Element, ElementFile } from "@dibkit/model";

/** Content of a file, executable in phase directories and `bin/` unless said otherwise, or a link. */
export type FileLiteral =
  | string
  | Uint8Array
  | { readonly text: string; readonly mode: number }
  | { readonly link: string };

/** An element written down as a tree of literals. */
export function memoryElement(name: string, tree: Readonly<Record<string, FileLiteral>>): Element {
  const files = Object.entries(tree).map(([path, literal]) => entryOf(name, path, literal));
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { name, root: `/elements/${name}`, origin: "disk", files: new Map(files.map((file) => [file.path, file])) };
}

function entryOf(name: string, path: string, literal: FileLiteral): ElementFile {
  const origin = { kind: "disk", path: `/elements/${name}/${path}` } as const;
  if (typeof literal === "object" && "link" in literal) return { kind: "symlink", path, origin, target: literal.link };
  const mode = /^(bin|(?!environment)[a-z-]+\.d)\//.test(path) ? 0o755 : 0o644;
  if (literal instanceof Uint8Array) return { kind: "file", path, origin, mode, bytes: literal };
  const text = typeof literal === "string" ? literal : literal.text;
  return {
    kind: "file",
    path,
    origin,
    mode: typeof literal === "string" ? mode : literal.mode,
    bytes: Buffer.from(text),
  };
}
