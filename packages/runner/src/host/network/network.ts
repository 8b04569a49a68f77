import type { HostTool } from "@dibkit/exec";

/** What the scripts of a build reach beyond their machine. */
export interface Network {
  /** The value of `--network`. */
  readonly name: string;
  /** Options for `unshare` that give the namespaces of a step this network. */
  readonly namespaces: readonly string[];
  /**
   * Commands of bash that the first process of a step runs before its script; a status other than 0 keeps the script
   * from being run.
   */
  readonly setUp: readonly string[];
  /** Programs of the host that `setUp` starts. */
  readonly tools: readonly HostTool[];
  /** What to say when a script has failed, as it may have wanted more than there is. */
  readonly failureHelp?: string;
}
