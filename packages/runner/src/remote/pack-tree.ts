import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { type CommandFailure, type CommandRunner, describeFailure } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { kernelMounts } from "../host/kernel-mounts.js";
import { OVERLAY_NOTES, toLocal, toPortable } from "../host/portable-member.js";
import { createTarRewriter, paxRecordParts, type TarMember } from "../host/tar-rewriter.js";
import { createArchiveGuard, ForbiddenMember, OVERLAY_RECORD } from "./archive-guard.js";
import { createOciReader, type LayerKind, toOciMembers } from "./oci-whiteouts.js";

/** The program that compresses layers; the oldest Node that dibkit runs on has none of its own. */
const ZSTD = "zstd";

/** A tree of a layer as an OCI layer, in a file. */
export interface PackedTree {
  readonly file: string;
  /** Digest and size of the file. */
  readonly digest: string;
  readonly size: number;
  /** Digest and size of the archive in it. */
  readonly diffId: string;
  readonly unpacked: number;
  /** It has directories that were renamed, as overlayfs notes it. */
  readonly redirects: boolean;
}

/** A later step of the build has the processor first. */
const NICE = ["nice", "-n", "10"];

const ATTRIBUTES = ["--xattrs", "--xattrs-include=*"];

/** Packs a directory into a new file. The error says why it cannot be shared. */
export async function packTree(
  commands: CommandRunner,
  directory: string,
  file: string,
  signal: AbortSignal,
): Promise<Result<PackedTree, string>> {
  const hash = createHash("sha256");
  let unpacked = 0;
  let redirects = false;
  const guard = createArchiveGuard();
  const rewrite = (given: TarMember) => {
    const member = toPortable(given);
    redirects ||= member.records.some((record) => paxRecordParts(record)[0] === OVERLAY_RECORD);
    const members = toOciMembers(member);
    for (const one of members) guard(one);
    return members;
  };
  const tar = [
    ...[...NICE, "tar", "-C", directory, "--sort=name", "--numeric-owner", "--format=pax", "--sparse"],
    ...["--pax-option=exthdr.name=%d/%f,delete=atime,delete=ctime", ...ATTRIBUTES, ...OVERLAY_NOTES],
    ...["--warning=no-file-ignored", "-cf", "-", "."],
  ];
  const packed = await pipeThrough(
    commands,
    tar,
    [...NICE, ZSTD, "-q", "-3", "-c", "-"],
    (emit) =>
      createTarRewriter(rewrite, (bytes) => {
        hash.update(bytes);
        unpacked += bytes.length;
        emit(bytes);
      }),
    { outputFile: file, signal },
  );
  if (!packed.ok) return packed;
  const compressed = createHash("sha256");
  for await (const chunk of createReadStream(file)) compressed.update(chunk as Buffer);
  const { size } = await stat(file);
  const digest = `sha256:${compressed.digest("hex")}`;
  return ok({ file, digest, size, diffId: `sha256:${hash.digest("hex")}`, unpacked, redirects });
}

/** Unpacks such a file into an existing directory; `limit` is the most bytes that its archive may have. */
export async function unpackTree(
  commands: CommandRunner,
  { file, directory, kind, limit }: { file: string; directory: string; kind: LayerKind; limit: number },
  signal: AbortSignal,
): Promise<Result<void, string>> {
  let unpacked = 0;
  const guard = createArchiveGuard();
  const reader = createOciReader(kind);
  const kernel = kernelMounts();
  const local = (member: TarMember) => toLocal(member, kernel);
  const rewrite = (member: TarMember) => {
    guard(member);
    const isRenamed = member.records.some((record) => paxRecordParts(record)[0] === OVERLAY_RECORD);
    if (isRenamed && kernel.privilege === "namespace")
      throw new ForbiddenMember("it has a renamed directory, which overlayfs knows for root only");
    return reader.rewrite(member).map(local);
  };
  return pipeThrough(
    commands,
    [ZSTD, "-q", "-d", "-c", file],
    [
      "tar",
      "-C",
      directory,
      "--numeric-owner",
      "--same-owner",
      "-p",
      ...ATTRIBUTES,
      "--delay-directory-restore",
      "-xf",
      "-",
    ],
    (emit) => {
      const rewriter = createTarRewriter(rewrite, emit, () => reader.atEnd().map(local));
      return {
        end: rewriter.end,
        write(chunk) {
          unpacked += chunk.length;
          if (unpacked > limit) throw new ForbiddenMember(`it has more than the ${limit} bytes that its image names`);
          rewriter.write(chunk);
        },
      };
    },
    { signal },
  );
}

interface ByteFilter {
  write(chunk: Buffer): void;
  end(): void;
}

/** Output of one command, changed on its way, as the input of another. */
async function pipeThrough(
  commands: CommandRunner,
  from: readonly string[],
  to: readonly string[],
  filterOf: (emit: (bytes: Buffer) => void) => ByteFilter,
  { signal, ...options }: { readonly signal: AbortSignal; readonly outputFile?: string },
): Promise<Result<void, string>> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const between = new PassThrough({ highWaterMark: 1024 * 1024 });
  const filter = filterOf((bytes) => between.write(bytes));
  const onBytes = async (chunk: Buffer) => {
    filter.write(chunk);
    if (between.writableNeedDrain) await once(between, "drain", { signal: both });
  };
  const reading = guarded(both, stop, async () => {
    const read = await commands.run(from, { onBytes, signal: both });
    if (!read.ok) return err(describe(read.error));
    filter.end();
    between.end();
    return ok(undefined);
  });
  const writing = guarded(both, stop, async () => {
    const written = await commands.run(to, { ...options, input: between, signal: both });
    return written.ok ? ok(undefined) : err(describe(written.error));
  });
  const [read, written] = await Promise.all([reading, writing]);
  between.destroy();
  // Which of the two failed by itself says more than the one that was stopped because of it.
  const failures = [read, written].flatMap((one) => (one.ok ? [] : [one.error]));
  const [first] = [...failures.filter((text) => !/interrupted$/.test(text)), ...failures];
  return first === undefined ? ok(undefined) : err(first);
}

/** One of the two commands: what goes wrong with it stops the other. */
async function guarded(
  signal: AbortSignal,
  stop: AbortController,
  work: () => Promise<Result<void, string>>,
): Promise<Result<void, string>> {
  try {
    const done = await work();
    if (!done.ok) stop.abort();
    return done;
  } catch (error) {
    const interrupted = signal.aborted;
    stop.abort();
    if (interrupted) return err("it was interrupted");
    return err(error instanceof Error ? error.message : String(error));
  }
}

function describe(failure: CommandFailure): string {
  const { tail } = failure;
  if (failure.kind === "aborted") return "it was interrupted";
  if (failure.kind === "not-found") return describeFailure(failure);
  return tail.at(-1) ?? describeFailure(failure);
}
