import { createHash } from "node:crypto";
import type { Element, ElementFile } from "@dibkit/model";

/**
 * What an element is made of, by path: `MODE SHA256` of a file, `link TARGET`, `directory MODE`; sorted by path, so that
 * the same element has the same text wherever it lies.
 */
export function elementFiles(element: Element): Readonly<Record<string, string>> {
  const files = [...element.files.values()].filter(({ path }) => !path.includes("__pycache__"));
  const described = files.map((file) => [file.path, contentOf(file)] as const);
  return Object.fromEntries(described.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function contentOf(file: ElementFile): string {
  switch (file.kind) {
    case "symlink":
      return `link ${file.target}`;
    case "directory":
      return `directory ${octal(file.mode)}`;
    case "file":
      return `${octal(file.mode)} ${createHash("sha256").update(file.bytes).digest("hex")}`;
  }
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8);
}
