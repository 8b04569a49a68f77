import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { err, ok, type Result } from "@dibkit/model";
import type { BuildFailure } from "../job/build-job.js";
import type { BuildSession } from "./build-session.js";

const PHASE = "block-device.d";
/** Upstream evaluates such a line of what the phase printed. */
const LEGACY_DEVICE = /^\s*(?:export\s+)?IMAGE_BLOCK_DEVICE=(\S+)/m;

/**
 * A script of `block-device.d` may print `IMAGE_BLOCK_DEVICE=DEVICE`. Upstream then makes no disk, copies the tree to
 * wherever the script mounted something, and always fails at the end, because the state of its block-device layer is
 * missing ("State dump not found"). dibkit fails here, and says what to do.
 */
export async function refuseLegacyDevice(session: BuildSession): Promise<Result<void, BuildFailure>> {
  const logs = (await readdir(session.logs)).filter((name) => name.startsWith(`${PHASE}-`));
  for (const name of logs) {
    const path = join(session.logs, name);
    const device = LEGACY_DEVICE.exec(await readFile(path, "utf8"))?.[1];
    if (device === undefined) continue;
    const script = name.slice(PHASE.length + 1, -".log".length);
    return err({
      kind: "stage-failed",
      message: `hook script ${PHASE}/${script} printed "IMAGE_BLOCK_DEVICE=${device}", a device of its own, with which no build of upstream ends well either`,
      help: "describe the disk in block-device-default.yaml of the element, or in DIB_BLOCK_DEVICE_CONFIG",
      tail: [],
    });
  }
  return ok(undefined);
}
