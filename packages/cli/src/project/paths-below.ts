import { relative, sep } from "node:path";

/** Whether an absolute path is a directory, or below it. */
export function isBelow(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}

/** Whether a path lies in what is hidden, or among packages of npm, below directories that may lie there themselves. */
export function isHiddenBelow(directories: readonly string[], path: string): boolean {
  const parts = directories.filter((one) => isBelow(one, path)).flatMap((one) => relative(one, path).split(sep));
  return parts.some((part) => part === "node_modules" || part.startsWith("."));
}
