import { type Stats, statSync } from "node:fs";

/**
 * What is at a path, its links followed; undefined when nothing is, and when it cannot be looked at. For paths that are
 * only tried, such as entries of `PATH`: of one that somebody has named, the reason has to be told.
 */
export function statsAt(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
