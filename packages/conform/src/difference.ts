/** What is compared. */
export type Aspect =
  | "tree"
  | "packages"
  | "fstab"
  | "partitions"
  | "filesystems"
  | "beside"
  | "environment"
  | "observed";

/** Something that differs between upstream's image and dibkit's. */
export interface Difference {
  readonly aspect: Aspect;
  /** What it is about: a path, a package, a partition, `PHASE NAME` of a variable. */
  readonly subject: string;
  /** What upstream has; null when it has nothing. */
  readonly upstream: string | null;
  /** What dibkit has; null when it has nothing. */
  readonly dibkit: string | null;
  /** Why it must or may differ; absent when nobody knows, which is a finding. */
  readonly reason?: string;
}
