import type { OptionSpec } from "../command.js";

/** The option of commands that write or read a lock. */
export const lockOptions = {
  lockFile: { type: "string", value: "FILE", default: "dibkit.lock", summary: "the lock of the image" },
} as const satisfies Readonly<Record<string, OptionSpec>>;
