import { posix } from "node:path";
import picomatch from "picomatch";
import type { Image } from "./image.js";

/** A line of a configuration, and where it is written. */
export interface ConfigurationLine {
  readonly text: string;
  readonly path: string;
  /** Files that include each other up to this one: the program's own file first, `path` last. */
  readonly files: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** Files deep in each other: more is a file that includes itself. */
const DEEPEST = 16;

/**
 * The lines of a configuration file in the order in which its program reads them. `included` says which patterns of files
 * a line includes, whose lines come after it; a pattern without a leading slash is one below `base`.
 */
export async function readWithIncludes(
  image: Image,
  path: string,
  base: string,
  included: (line: string) => readonly string[],
  above: readonly string[] = [],
): Promise<readonly ConfigurationLine[]> {
  const text = await image.text(path);
  if (text === undefined || above.length > DEEPEST) return [];
  const files = [...above, path];
  const lines: ConfigurationLine[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    lines.push({ text: line, path, files, line: index + 1 });
    for (const pattern of included(line))
      for (const file of pathsLike(image, posix.resolve(base, pattern)))
        lines.push(...(await readWithIncludes(image, file, base, included, files)));
  }
  return lines;
}

/** Files and links of an image that a pattern of glob(7) matches, in byte order. */
function pathsLike(image: Image, pattern: string): readonly string[] {
  const matches = picomatch(pattern, { nobrace: true, noext: true, noglobstar: true });
  const paths = [...image.contents.files].filter(([path, { type }]) => type !== "directory" && matches(path));
  return paths.map(([path]) => path).sort();
}
