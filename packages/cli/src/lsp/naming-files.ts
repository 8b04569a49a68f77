import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { entryOf, type Location, parseYamlText } from "@dibkit/model";
import { entriesOf, SKIPPED_DIRECTORY } from "../lint/repository-texts.js";

/** Bytes; a list of images is short, and modules that people write are too. */
const LARGEST = 300_000;
const MOST_ENTRIES = 20_000;

/** Files of a workspace that may name elements of it without being part of one. */
export interface NamingFiles {
  /** TypeScript modules. */
  readonly modules: readonly string[];
  /** YAML files, of which lists of images are some. */
  readonly lists: readonly string[];
}

export function namingFiles(root: string, elements: ReadonlySet<string>): NamingFiles {
  const found = { modules: [] as string[], lists: [] as string[] };
  let left = MOST_ENTRIES;
  const visit = (directory: string) => {
    if (elements.has(directory)) return;
    for (const entry of entriesOf(directory)) {
      if (--left < 0) return;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (!SKIPPED_DIRECTORY.test(entry.name)) visit(path);
      } else if (entry.isFile()) {
        const kind = /\.[cm]?ts$/.test(path) ? found.modules : /\.ya?ml$/.test(path) ? found.lists : undefined;
        if (kind !== undefined && statSync(path).size <= LARGEST) kind.push(path);
      }
    }
  };
  visit(root);
  return found;
}

/** Where a list of images of upstream's `diskimage-builder` names an element; nothing of any other YAML. */
export function inImageList(path: string, element: string): readonly Location[] {
  const text = readFileSync(path, "utf8");
  // Most YAML of a repository is about something else, and need not be parsed.
  if (!text.includes(element)) return [];
  const { root } = parseYamlText({ path, text });
  if (root?.kind !== "sequence") return [];
  return root.items.flatMap((image) => {
    const elements = entryOf(image, "elements")?.node;
    const items = elements?.kind === "sequence" ? elements.items : [];
    return items.flatMap((item) => (item.kind === "scalar" && item.value === element ? [item.location] : []));
  });
}
