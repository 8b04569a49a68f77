/**
 * A mount that scripts left in the target, in a form that can be made again in another build. `at` is the path
 * inside the target without a leading slash.
 */
export type MountRecord =
  | {
      readonly kind: "filesystem";
      readonly at: string;
      readonly type: "proc" | "sysfs" | "devpts";
      readonly readOnly: boolean;
    }
  /** `source` is a host path; a leading `$NAME` stands for a directory that differs between machines. */
  | { readonly kind: "bind"; readonly at: string; readonly source: string; readonly readOnly: boolean }
  /** A directory of the target mounted elsewhere in it. */
  | { readonly kind: "bind-inside"; readonly at: string; readonly from: string; readonly readOnly: boolean }
  | { readonly kind: "tmpfs"; readonly at: string; readonly readOnly: boolean };

/** Names of directories that differ between machines, so that a record and a cache key hold no host path. */
export type NamedDirectories = Readonly<Record<string, string>>;
