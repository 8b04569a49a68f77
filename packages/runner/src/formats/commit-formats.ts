import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, ok, type Result } from "@dibkit/model";
import type { BuildContext } from "../job/build-context.js";
import type { FormatRequest } from "./format.js";
import { type FormatFailure, notWritable } from "./format-failure.js";
import type { WrittenFormat } from "./write-formats.js";

/**
 * Gives finished outputs their names: checksums are computed first, then existing files are renamed to
 * `NAME-YYYY.mm.dd-HH.MM.SS.EXT` (unless they are to be overwritten), and only then the new ones take their place.
 * Returns the paths of the images.
 */
export async function commitFormats(
  written: readonly WrittenFormat[],
  request: FormatRequest,
  context: Pick<BuildContext, "undo" | "emit" | "signal">,
): Promise<Result<readonly string[], FormatFailure>> {
  for (const { temporaryPath, path } of written) {
    if (request.checksums.length === 0) continue;
    try {
      await writeChecksums(temporaryPath, basename(path), request.checksums, context);
    } catch (error) {
      return notWritable(path, error);
    }
  }
  for (const { temporaryPath, path, undo } of written) {
    let bytes = 0;
    try {
      bytes = (await stat(temporaryPath)).size;
      if (request.overwrite) await rename(temporaryPath, path);
      else await putInPlace(temporaryPath, path, context);
      undo.forget();
      for (const algorithm of CHECKSUM_ALGORITHMS) {
        // A checksum of an earlier image must not stand beside this one.
        if (request.checksums.includes(algorithm))
          await rename(`${temporaryPath}.${algorithm}`, `${path}.${algorithm}`);
        else await rm(`${path}.${algorithm}`, { force: true });
      }
    } catch (error) {
      return notWritable(path, error);
    }
    context.emit({ type: "output-written", path, bytes });
  }
  return ok(written.map(({ path }) => path));
}

/** One pass over the file for all sums, in the form `md5sum -c` and `sha256sum -c` read. */
async function writeChecksums(
  file: string,
  name: string,
  algorithms: readonly ChecksumAlgorithm[],
  context: Pick<BuildContext, "undo" | "signal">,
): Promise<void> {
  const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal: context.signal })) {
    for (const { hash } of hashes) hash.update(chunk as Buffer);
  }
  for (const { algorithm, hash } of hashes) {
    context.undo.defer(`remove ${file}.${algorithm}`, () => rm(`${file}.${algorithm}`, { force: true }));
    await writeFile(`${file}.${algorithm}`, `${hash.digest("hex")}  ${name}\n`);
  }
}

/** Gives an output its name without ever replacing another one, that of a build at the same time neither. */
async function putInPlace(temporaryPath: string, path: string, context: Pick<BuildContext, "emit">): Promise<void> {
  for (;;) {
    await renameOld(path, context);
    try {
      await link(temporaryPath, path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") continue;
      if (code === "ENOSPC" || code === "EDQUOT" || code === "EROFS") throw error;
      // A filesystem without hard links.
      await rename(temporaryPath, path);
      return;
    }
    await rm(temporaryPath);
    return;
  }
}

async function renameOld(path: string, context: Pick<BuildContext, "emit">): Promise<void> {
  const old = await stat(path).catch(() => undefined);
  if (!old?.isFile()) return;
  const renamed = await freeName(path);
  try {
    await rename(path, renamed);
  } catch (error) {
    await rm(renamed, { force: true });
    // Another build was faster.
    return ignoreMissing(error as NodeJS.ErrnoException);
  }
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    await rename(`${path}.${algorithm}`, `${renamed}.${algorithm}`).catch(ignoreMissing);
  }
  context.emit({ type: "note", message: `the existing image was renamed to ${renamed}` });
}

/** A dated name that is this build's from now on: of two builds in one second both want the same. */
async function freeName(path: string): Promise<string> {
  const extension = extname(path);
  const dated = `${path.slice(0, path.length - extension.length)}-${timestamp(new Date())}`;
  for (let number = 1; ; number += 1) {
    const name = `${dated}${number === 1 ? "" : `.${number}`}${extension}`;
    try {
      await writeFile(name, "", { flag: "wx" });
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

/** `YYYY.mm.dd-HH.MM.SS` in local time, as upstream names old images. */
export function timestamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(two).join(".");
  return `${day}-${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(".")}`;
}
