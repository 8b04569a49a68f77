import type { CommandRunner } from "@dibkit/exec";

/** What to do when something of that name is already there. */
export const ifExistsPolicies = ["fail", "replace", "skip"] as const;

export type IfExists = (typeof ifExistsPolicies)[number];

/** News while something is published. `progress` comes often: once for each mebibyte. */
export type PublishEvent =
  | { readonly kind: "progress"; readonly sent: number; readonly bytes: number }
  | { readonly kind: "note"; readonly text: string };

/** What publishing needs of the process it runs in. */
export interface PublishContext {
  readonly runner: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted on Ctrl-C; publishing then takes back what it did and fails with `interrupted`. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: PublishEvent) => void;
}
