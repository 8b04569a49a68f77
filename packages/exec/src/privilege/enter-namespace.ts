import { bashCommand } from "../bash-command.js";
import { ENTER_NAMESPACE_SCRIPT } from "./enter-namespace-sh.js";
import { mappedIds, type SubordinateRange, subordinateRanges } from "./subordinate-ids.js";

/** Ids that an image may use: 0 to this. */
const HIGHEST_ID = 65_535;

/** It dies with whoever started it. Said after the namespace is entered, which makes the kernel forget it. */
const TIED = ["setpriv", "--pdeathsig", "KILL", "--"];

/** How a user namespace is entered. */
export interface NamespaceEntry {
  /** `unshare` looks up the user's ranges itself: since util-linux 2.38. */
  readonly mapsItself: boolean;
  readonly user: number;
  readonly group: number;
  readonly ranges: ReturnType<typeof subordinateRanges>;
  /** Ids that there are for root, who maps them to themselves. */
  readonly mapped: { readonly users: readonly SubordinateRange[]; readonly groups: readonly SubordinateRange[] };
}

/** The entry of this process; `unshareHelp` is what `unshare --help` prints. */
export function namespaceEntry(unshareHelp: string): NamespaceEntry {
  return {
    mapsItself: unshareHelp.includes("--map-auto"),
    user: process.geteuid?.() ?? 0,
    group: process.getegid?.() ?? 0,
    ranges: subordinateRanges(),
    mapped: { users: mappedIds("/proc/self/uid_map"), groups: mappedIds("/proc/self/gid_map") },
  };
}

/**
 * The one way into a user namespace: makes a command run as root of a new one, in which the user's own files are
 * root's and the other ids are the user's subordinate ones. It ends when whoever starts it dies.
 */
export function enterNamespace(command: readonly string[], entry: NamespaceEntry): readonly string[] {
  const { mapsItself, user, group, ranges, mapped } = entry;
  if (mapsItself && user !== 0) {
    return ["unshare", "--user", "--map-auto", "--map-root-user", "--", ...TIED, ...command];
  }
  const words =
    user === 0
      ? [mapToItself(mapped.users), mapToItself(mapped.groups)]
      : [idMap(user, ranges.users), idMap(group, ranges.groups)];
  return [...TIED, ...bashCommand(ENTER_NAMESPACE_SCRIPT, "enter-namespace", ...words, ...command)];
}

function idMap(own: number, range: SubordinateRange | undefined): string {
  const rest = range === undefined ? [] : [1, range.first, Math.min(range.count, HIGHEST_ID)];
  return [0, own, 1, ...rest].join(" ");
}

/** In a container without root, ids come in several ranges, and the kernel takes none that spans two of them. */
function mapToItself(ranges: readonly SubordinateRange[]): string {
  return ranges
    .filter(({ first }) => first <= HIGHEST_ID)
    .flatMap(({ first, count }) => [first, first, Math.min(count, HIGHEST_ID + 1 - first)])
    .join(" ");
}
