import type { ImageContents, ImageFile } from "../src/image-contents.js";

/** A text, of a file that belongs to root and that all may read; `null` is a directory. */
export type TextEntry =
  | string
  | null
  | { readonly text: string | null; readonly mode?: number; readonly owner?: string };

/** An image of texts; a text that begins with an arrow is a symbolic link. */
export function textImage(tree: Readonly<Record<string, TextEntry>>): ImageContents {
  const entries = Object.entries(tree).map(([path, entry]) => {
    const { text, ...facts } = entry === null || typeof entry === "string" ? { text: entry } : entry;
    return { path, text, facts };
  });
  const files = entries.map(({ path, text, facts }): [string, ImageFile] => {
    const rest = { mode: text === null ? 0o755 : 0o644, owner: "0:0", bytes: 0, ...facts };
    if (text === null) return [path, { ...rest, type: "directory" }];
    const link = text.startsWith("→ ");
    return link
      ? [path, { ...rest, type: "symlink", target: text.slice(2) }]
      : [path, { ...rest, type: "file", bytes: text.length, hash: text }];
  });
  const texts = entries.flatMap(({ path, text }) => (text === null ? [] : [[path, Buffer.from(text)] as const]));
  return { name: "test", files: new Map(files), texts: new Map(texts) };
}

/** dpkg's database of packages, each as `NAME|VERSION`, or as `NAME|VERSION|STATE`. */
export const dpkgStatus = (...packages: readonly string[]) =>
  packages
    .map((line) => {
      const [name, version, status = "install ok installed"] = line.split("|");
      return `Package: ${name}\nStatus: ${status}\nArchitecture: amd64\nVersion: ${version}\n`;
    })
    .join("\n");
