import { mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { err, ok, type Result } from "@dibkit/model";
import type { BuildContext } from "../run/build-context.js";
import type { Undo } from "../run/undo-stack.js";
import { checkFormats } from "./check-formats.js";
import type { FormatRequest, FormatUnit } from "./format.js";
import { type FormatFailure, notWritable } from "./format-failure.js";
import { partialName, removeStalePartials } from "./partial-file.js";

/** Where the content comes from: first the mounted tree, later the raw image of the unmounted disk. */
export interface FormatSource {
  readonly kind: FormatUnit["source"];
  readonly path: string;
}

/** A finished output that still has a temporary name; `commitFormats` gives it its own. */
export interface WrittenFormat {
  readonly format: string;
  readonly temporaryPath: string;
  readonly path: string;
  /** Removes the temporary file unless it was committed. */
  readonly undo: Undo;
}

/**
 * Writes every requested format that is made from this kind of source, beside its final place under a temporary name.
 * Call it once with the tree and once with the image, then `commitFormats` with both results.
 */
export async function writeFormats(
  request: FormatRequest,
  source: FormatSource,
  context: BuildContext,
): Promise<Result<readonly WrittenFormat[], FormatFailure>> {
  const { units, failures } = checkFormats(request);
  if (failures[0] !== undefined) return err(failures[0]);
  const directory = dirname(request.outputPath);
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    return notWritable(directory, error);
  }
  await removeStalePartials(request.outputPath);
  const written: WrittenFormat[] = [];
  for (const unit of units.filter((candidate) => candidate.source === source.kind)) {
    const path = `${request.outputPath}.${unit.extension}`;
    const temporaryPath = join(directory, partialName(basename(path), context.scratchDirectory));
    const undo = context.undo.defer(`remove ${temporaryPath}`, () => rm(temporaryPath, { force: true }));
    const done = await unit.write({ request, context, sourcePath: source.path, targetPath: temporaryPath });
    if (!done.ok) {
      await undo.now();
      return done;
    }
    if (unit.extension === undefined) undo.forget();
    else written.push({ format: unit.name, temporaryPath, path, undo });
  }
  return ok(written);
}
