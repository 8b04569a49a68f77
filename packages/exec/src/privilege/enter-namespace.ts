import { bashCommand } from "../bash-command.js";
import { ENTER_NAMESPACE_SCRIPT } from "./enter-namespace-sh.js";
import { type SubordinateRange, subordinateRanges } from "./subordinate-ids.js";

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
}

/** The entry of this process; `unshareHelp` is what `unshare --help` prints. */
export function namespaceEntry(unshareHelp: string): NamespaceEntry {
  return {
    mapsItself: unshareHelp.includes("--map-auto"),
    user: process.geteuid?.() ?? 0,
    group: process.getegid?.() ?? 0,
    ranges: subordinateRanges(),
  };
}

/**
 * The one way into a user namespace: makes a command run as root of a new one, in which the user's own files are
 * root's and the other ids are the user's subordinate ones. It ends when whoever starts it dies.
 */
export function enterNamespace(command: readonly string[], entry: NamespaceEntry): readonly string[] {
  const { mapsItself, user, group, ranges } = entry;
  if (mapsItself && user !== 0) {
    return ["unshare", "--user", "--map-auto", "--map-root-user", "--", ...TIED, ...command];
  }
  const words = [idMap(user, ranges.users), idMap(group, ranges.groups)];
  return [...TIED, ...bashCommand(ENTER_NAMESPACE_SCRIPT, "enter-namespace", ...words, ...command)];
}

/** Root maps ids to themselves. */
function idMap(own: number, range: SubordinateRange | undefined): string {
  if (own === 0) return `0 0 ${HIGHEST_ID + 1}`;
  const rest = range === undefined ? [] : [1, range.first, Math.min(range.count, HIGHEST_ID)];
  return [0, own, 1, ...rest].join(" ");
}
