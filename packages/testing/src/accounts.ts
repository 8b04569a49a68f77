/** What `/etc/shadow` says of a password: `usable` hashes let somebody in, `locked` ones nobody, `empty` ones anybody. */
export type PasswordState = "usable" | "locked" | "empty" | "unknown";

/** A line of `/etc/passwd`, with what `/etc/shadow` says of its password. */
export interface Account {
  /** Login name. */
  readonly name: string;
  /** Number of the user; 0 is root. */
  readonly uid: number;
  /** Number of its first group. */
  readonly gid: number;
  /** Home directory; empty where the line names none. */
  readonly home: string;
  /** `/bin/sh` where the line names none. */
  readonly shell: string;
  /** `unknown` when the password is in a shadow file that has no line of the account. */
  readonly password: PasswordState;
}

/** The accounts of `/etc/passwd` in its order; lines that are not whole are left out, as the C library leaves them out. */
export function readAccounts(passwd: string, shadow: string | undefined): readonly Account[] {
  const hashes = new Map<string, string>();
  for (const line of (shadow ?? "").split("\n")) {
    const [name, hash] = line.split(":");
    if (name && hash !== undefined) hashes.set(name, hash);
  }
  return passwd.split("\n").flatMap((line) => {
    const [name, hash, uid, gid, , home, shell] = line.split(":");
    if (!name || name.startsWith("#") || !/^\d+$/.test(uid ?? "") || !/^\d+$/.test(gid ?? "")) return [];
    const password = passwordState(hash === "x" ? hashes.get(name) : hash);
    return [{ name, uid: Number(uid), gid: Number(gid), home: home ?? "", shell: shell || "/bin/sh", password }];
  });
}

/** A hash is a word of `crypt`; whatever else stands there matches no password. */
function passwordState(hash: string | undefined): PasswordState {
  if (hash === undefined) return "unknown";
  if (hash === "") return "empty";
  return /^\$[\w-]+\$|^_?[./0-9A-Za-z]{13,}$/.test(hash) ? "usable" : "locked";
}
