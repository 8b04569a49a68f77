import { userInfo } from "node:os";
import { optionalText } from "./optional-text.js";

/** A range of ids that the administrator has given a user for namespaces (subuid(5)). */
export interface SubordinateRange {
  readonly first: number;
  readonly count: number;
}

/** A user by what lines of `/etc/subuid` and `/etc/subgid` begin with. */
export interface NamedUser {
  readonly name: string;
  readonly id: number;
}

/** Who runs this; the name is the number where nobody has given one. */
export function thisUser(): NamedUser {
  const id = process.getuid?.() ?? 0;
  try {
    return { name: userInfo().username, id };
  } catch {
    return { name: String(id), id };
  }
}

/** The largest range of a user in the text of `/etc/subuid` or `/etc/subgid`. */
export function findRange(text: string, { name, id }: NamedUser): SubordinateRange | undefined {
  const ranges = text.split("\n").flatMap((line) => {
    const [owner, first = "", count = ""] = line.trim().split(":");
    const isOurs = owner === name || owner === String(id);
    return isOurs && /^\d+$/.test(first) && /^\d+$/.test(count) ? [{ first: Number(first), count: Number(count) }] : [];
  });
  return ranges.sort((a, b) => b.count - a.count)[0];
}

/** The user's ranges of user and group ids. */
export function subordinateRanges(user: NamedUser = thisUser()): {
  readonly users: SubordinateRange | undefined;
  readonly groups: SubordinateRange | undefined;
} {
  return { users: findRange(optionalText("/etc/subuid"), user), groups: findRange(optionalText("/etc/subgid"), user) };
}

/** Ids that the user namespace of this process has, from the text of its map (user_namespaces(7)). */
export function mappedIds(file: string): readonly SubordinateRange[] {
  return optionalText(file)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([first = 0, , count = 0]) => ({ first, count }));
}
