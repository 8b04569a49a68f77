import type { StepLabel } from "./build-event.js";

/**
 * A path of the image that is other on the finished disk than in the tree that was copied there: what scripts of
 * `pre-finalise.d` and later did, whose effect no layer holds, and the fstab, which dibkit itself writes.
 */
export interface DiskChange {
  /** Begins with a slash. */
  readonly path: string;
  readonly type: "file" | "directory" | "symlink" | "special" | "removed";
  /** The last step that changed it. */
  readonly writer: StepLabel;
  /** Whether the content is another, not only mode, owner or time. */
  readonly content: boolean;
  /** Permission bits with set-uid, set-gid and sticky. */
  readonly mode: number;
  /** `UID:GID`. */
  readonly owner: string;
  /** Length of a file's content. */
  readonly bytes: number;
  /** Of symbolic links. */
  readonly target?: string;
  /** SHA-256 of a file's new content. */
  readonly hash?: string;
  /** New content of a small file, in base64. */
  readonly data?: string;
}
