/**
 * Paths with `/`, as elements and images have them whatever the machine, for code that also runs where there is no
 * `node:path`. They do what those of its `posix` do.
 */

/** The path without its last name: `.` for a lone name, `/` for one at the root. */
export function directoryOf(path: string): string {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, "") : path;
  const slash = trimmed.lastIndexOf("/");
  if (slash === -1) return path.startsWith("/") ? "/" : ".";
  // POSIX lets two slashes at the beginning mean something of their own.
  if (slash === 1 && trimmed.startsWith("//")) return "//";
  return trimmed.slice(0, slash) || "/";
}

/** The last name of a path. */
export function lastNameOf(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** The path without `.`, doubled `/` and each `..` that has a name before it; a `/` at the end stays. */
export function normalPath(path: string): string {
  const absolute = path.startsWith("/");
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.length > 0 && names.at(-1) !== "..") names.pop();
    else if (!absolute) names.push("..");
  }
  const text = names.join("/");
  const end = path.endsWith("/") && text !== "" ? "/" : "";
  if (absolute) return `/${text}${end}`;
  return text === "" ? (path.endsWith("/") ? "./" : ".") : `${text}${end}`;
}

/** The paths one below the other, normal. */
export function joinPaths(...paths: readonly string[]): string {
  const joined = paths.filter((path) => path !== "").join("/");
  return joined === "" ? "." : normalPath(joined);
}
