import type { CommandRunner, UndoStack } from "@dibkit/exec";
import type { BuildEvent } from "./build-event.js";

/**
 * What the disk and format stages get. They run inside the build's own mount and PID namespace, so every mount,
 * process and (auto-clear) loop device is gone whatever happens; they still undo what they do, in order.
 */
export interface BuildContext {
  /** `TMP_BUILD_DIR`. */
  readonly buildDirectory: string;
  /** `TMP_MOUNT_PATH`: an empty directory when `createDisk` starts, the root of the mounted disk when it returns. */
  readonly targetPath: string;
  /** The finished root tree (upstream's `built`); `createDisk` writes `etc/fstab` here, the runner copies it. */
  readonly treePath: string;
  /** Where raw images are: the directory that scripts have as `TMP_IMAGE_DIR`, or one in memory. */
  readonly imageDirectory: string;
  /** A directory of this build for anything else; removed at the end. */
  readonly scratchDirectory: string;
  /** Image architecture in Debian's words: `amd64`, `arm64`, … */
  readonly architecture: string;
  /** The builder's environment (`DIB_*`, `IMAGE_NAME`, …), without what `environment.d` adds. */
  readonly environment: Readonly<Record<string, string>>;
  readonly commands: CommandRunner;
  readonly undo: UndoStack;
  readonly emit: (event: BuildEvent) => void;
  /** Aborted on Ctrl-C. `commands` already listens to it. */
  readonly signal: AbortSignal;
}
