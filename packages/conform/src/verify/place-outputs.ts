import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createCommandRunner, createUndoStack } from "@dibkit/exec";
import type { Result } from "@dibkit/model";
import type { BuildJob, BuildWatcher, WrittenFormat } from "@dibkit/runner";
import {
  checkFormats,
  commitFormats,
  type FormatFailure,
  formatRequest,
  notWritable,
  partialName,
} from "@dibkit/runner";
import type { VerifiedBuild } from "./verified-build.js";

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
