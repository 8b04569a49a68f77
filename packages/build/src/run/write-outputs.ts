import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { err, ok, type Result } from "@dibkit/model";
import { shellCommand } from "../host/shell-quote.js";
import type { ImageState } from "../layers/layer.js";
import { TREE_DIRECTORY } from "../plan/base-environment.js";
import type { BuildFailure } from "./build-job.js";
import type { BuildSession } from "./build-session.js";
import { overlaysOf } from "./run-command-step.js";
import { renderOverlay } from "./step-script.js";

/** Temporary until the disk stage lands: a tar of the tree. */
export async function writeOutputs(
  session: BuildSession,
  state: ImageState,
): Promise<Result<readonly string[], BuildFailure>> {
  const staging = join(session.directory, "staging", "tree");
  for (const name of ["root", "hooks", "work-root", "work-hooks"]) mkdirSync(join(staging, name), { recursive: true });
  const overlay = overlaysOf(session, state, staging)[0];
  if (overlay === undefined) throw new Error("no overlay");
  const output = `${session.job.image}.tar`;
  const done = await session.commands.run([
    "bash",
    "-c",
    `set -e; ${renderOverlay({ ...overlay, at: TREE_DIRECTORY })}; ${shellCommand("tar", "-C", TREE_DIRECTORY, "-cf", output, ".")}`,
  ]);
  if (!done.ok) return err({ kind: "stage-failed", message: "tar failed", tail: done.error.tail });
  return ok([output]);
}
