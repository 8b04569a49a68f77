import { mkdir, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Undo } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import type { BuildContext } from "../job/build-context.js";
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
 * Writes every requested format that is made from this kind of source, beside its final place under a temporary name;
 * as many at once as there are processors.
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
  const wanted = units.filter((candidate) => candidate.source === source.kind);
  const write = (unit: FormatUnit) => writeFormat(unit, request, source.path, context);
  const together = await mapLimited(
    wanted.filter(({ consumesSource }) => !consumesSource),
    availableParallelism(),
    write,
  );
  const last = wanted.find(({ consumesSource }) => consumesSource);
  const failed = together.find(({ ok: done }) => !done);
  const results = failed === undefined && last !== undefined ? [...together, await write(last)] : together;
  const written: WrittenFormat[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    if (result.value !== undefined) written.push(result.value);
  }
  return ok(written);
}

/** Undefined when the result is no file. */
async function writeFormat(
  unit: FormatUnit,
  request: FormatRequest,
  sourcePath: string,
  context: BuildContext,
): Promise<Result<WrittenFormat | undefined, FormatFailure>> {
  const path = `${request.outputPath}.${unit.extension}`;
  const temporaryPath = join(dirname(path), partialName(basename(path), context.scratchDirectory));
  const undo = context.undo.defer(`remove ${temporaryPath}`, () => rm(temporaryPath, { force: true }));
  const done = await unit.write({ request, context, sourcePath, targetPath: temporaryPath });
  if (!done.ok) {
    await undo.now();
    return done;
  }
  if (unit.extension !== undefined) return ok({ format: unit.name, temporaryPath, path, undo });
  undo.forget();
  return ok(undefined);
}

/** Works on so many items at once; results are in the order of the items. */
async function mapLimited<T, U>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<U>,
): Promise<readonly U[]> {
  const results: U[] = [];
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
