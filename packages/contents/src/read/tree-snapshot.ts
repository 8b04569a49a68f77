/** One path of an image's root tree, with everything that is compared. */
export interface TreeEntry {
  readonly type: "file" | "directory" | "symlink" | "character-device" | "block-device" | "fifo";
  /** Permission bits with set-uid, set-gid and sticky. */
  readonly mode: number;
  /** `UID:GID`. */
  readonly owner: string;
  /** Extended attributes by name, as hex; ACLs and capabilities are among them. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Of files: SHA-256 of the content. */
  readonly hash?: string;
  /** Of files: bytes. */
  readonly size?: number;
  /** Of symbolic links. */
  readonly target?: string;
  /** Of devices: `MAJOR:MINOR`. */
  readonly device?: string;
  /** Of files: where the content was kept on this machine, when that was asked for. */
  readonly contentPath?: string;
  /** Seconds since 1970, when times were asked for. */
  readonly modified?: number;
  /** Of files with several names: the first name in byte order, this one's own included. */
  readonly linkedTo?: string;
}

export interface TreeSnapshot {
  /** By path without a leading slash; the root is `.`. */
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** Content of the files that are compared by their meaning, and of what the probe wrote. */
  readonly texts: ReadonlyMap<string, Buffer>;
}
