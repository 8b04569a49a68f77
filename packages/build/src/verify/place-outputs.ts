import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Result } from "@dibkit/model";
import { createCommandRunner } from "../exec/command-runner.js";
import { checkFormats } from "../formats/check-formats.js";
import { commitFormats } from "../formats/commit-formats.js";
import { type FormatFailure, notWritable } from "../formats/format-failure.js";
import { partialName } from "../formats/partial-file.js";
import type { WrittenFormat } from "../formats/write-formats.js";
import { formatRequest } from "../plan/format-request.js";
import type { BuildJob } from "../run/build-job.js";
import type { BuildWatcher } from "../run/start-build.js";
import { createUndoStack } from "../run/undo-stack.js";
import type { VerifiedBuild } from "./verify-build.js";

/** Moves the outputs that were asked for to where a build would have put them. */
export async function placeOutputs(
  job: BuildJob,
  built: VerifiedBuild,
  watcher: BuildWatcher,
): Promise<Result<readonly string[], FormatFailure>> {
  const commands = createCommandRunner();
  const undo = createUndoStack();
  const request = formatRequest(job.request, job.image);
  const written: WrittenFormat[] = [];
  try {
    for (const { name, extension } of checkFormats(request).units) {
      if (extension === undefined) continue;
      const path = `${job.image}.${extension}`;
      const temporaryPath = join(dirname(path), partialName(basename(path), dirname(built.image)));
      const removed = undo.defer(`remove ${temporaryPath}`, () => rm(temporaryPath, { force: true }));
      const moved = await commands.run(["mv", "--", `${built.image}.${extension}`, temporaryPath]);
      if (!moved.ok) return notWritable(path, new Error(moved.error.tail.join(" ")));
      written.push({ format: name, temporaryPath, path, undo: removed });
    }
    return await commitFormats(written, request, { undo, emit: watcher.onEvent, signal: watcher.signal });
  } finally {
    await undo.unwind();
  }
}
