import { existsSync } from "node:fs";

/** Words before a command of device-mapper: without udev, as in most containers, it makes device nodes when told to. */
export function withoutUdev(): readonly string[] {
  return existsSync("/run/udev/control") ? [] : ["env", "DM_DISABLE_UDEV=1"];
}
