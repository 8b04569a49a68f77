import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { PassThrough, type Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { type HostTool, inUserNamespace } from "@dibkit/exec";
import { ok, type Result } from "@dibkit/model";
import { toPortable } from "../host/portable-member.js";
import { createTarRewriter } from "../host/tar-rewriter.js";
import type { BuildContext } from "../job/build-context.js";
import type { FormatRequest } from "./format.js";
import { type FormatFailure, notWritable, runFormatTool } from "./format-failure.js";

export const tarTool: HostTool = { program: "tar", debianPackage: "tar", purpose: "write archives of the root tree" };

/** A tree to be archived. */
export interface TreeArchive {
  /** Name of the format, for messages. */
  readonly format: string;
  readonly tree: string;
  readonly target: string;
  /** A program and its options that compresses what it reads; absent: not compressed. */
  readonly compress?: readonly string[] | undefined;
  /** Further options of tar. */
  readonly more?: readonly string[];
}

/**
 * Archives a root tree as upstream does: all of it but `sys` and `proc`, extended attributes too. Owners are numbers,
 * because the names of the build host mean nothing to the image. Files that stand for devices become those.
 */
export async function archiveTree(
  { format, tree, target, compress, more = [] }: TreeArchive,
  request: Pick<FormatRequest, "sourceDate">,
  context: BuildContext,
): Promise<Result<void, FormatFailure>> {
  const command = (to: string, ...options: readonly string[]) => [
    ...["tar", "-C", tree, "-cf", to, "--exclude", "./sys", "--exclude", "./proc"],
    ...["--xattrs", "--xattrs-include=*", "--numeric-owner", "--sort=name", ...tarTimes(request), ...more, ...options],
    ".",
  ];
  if (inUserNamespace()) return rewriteArchive({ format, target, compress }, command("-", "--format=posix"), context);
  const filter = compress === undefined ? [] : ["--use-compress-program", compress.join(" ")];
  return runFormatTool(format, command(target, ...filter), context);
}

/** What tar writes, changed on its way to the file or to the program that compresses it. */
async function rewriteArchive(
  { format, target, compress }: Pick<TreeArchive, "format" | "target" | "compress">,
  command: readonly string[],
  context: BuildContext,
): Promise<Result<void, FormatFailure>> {
  try {
    const out: Writable = compress === undefined ? createWriteStream(target) : new PassThrough();
    const compressed =
      compress === undefined
        ? Promise.resolve(ok(undefined))
        : runFormatTool(format, compress, context, { input: out as PassThrough, outputFile: target });
    const ended = compress === undefined ? finished(out) : compressed;
    // Whoever waits for it below gets what it fails with.
    void ended.catch(() => undefined);
    const rewriter = createTarRewriter(
      (member) => [toPortable(member)],
      (bytes) => out.write(bytes),
    );
    const onBytes = async (chunk: Buffer) => {
      rewriter.write(chunk);
      if (out.writableNeedDrain) await Promise.race([once(out, "drain"), ended]);
    };
    const read = await runFormatTool(format, command, context, { onBytes });
    out.end();
    await ended;
    return read.ok ? compressed : read;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return notWritable(target, error);
  }
}

/** No time after `SOURCE_DATE_EPOCH`, and none of those that tell when the archive was made. */
export function tarTimes({ sourceDate }: Pick<FormatRequest, "sourceDate">): readonly string[] {
  if (sourceDate === undefined) return [];
  const headers = "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime";
  return ["--format=posix", headers, `--mtime=@${sourceDate}`, "--clamp-mtime"];
}
