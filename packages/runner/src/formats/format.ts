import type { HostTool } from "@dibkit/exec";
import type { ChecksumAlgorithm, Result } from "@dibkit/model";
import type { BuildContext } from "../job/build-context.js";
import type { FormatFailure } from "./format-failure.js";

/** What to write, for every format together. */
export interface FormatRequest {
  /** `-o`: absolute path of the outputs without suffix. */
  readonly outputPath: string;
  /** `-t`: names of formats, in any order and combination. */
  readonly types: readonly string[];
  /** False with `-u`: only qcow2 is compressed otherwise. */
  readonly compress: boolean;
  /** `--qemu-img-options`: text for `qemu-img -o`. */
  readonly qemuImgOptions?: string;
  /** Sums to write beside every file, each in a file with that suffix. */
  readonly checksums: readonly ChecksumAlgorithm[];
  /** `OVERWRITE_OLD_IMAGE`: replace an existing file instead of renaming it. */
  readonly overwrite: boolean;
  /** `--docker-target`: `REPOSITORY:TAG` for docker and oci. */
  readonly dockerTarget?: string;
  /** `SOURCE_DATE_EPOCH`: the same bytes for the same source, and no time in them after this one. */
  readonly sourceDate?: number;
  /** `DIB_GZIP_BIN`; default gzip. */
  readonly gzip?: string;
  /** `ACI_MANIFEST`: file added to aci archives. */
  readonly aciManifest?: string;
}

/** One format to be written. */
export interface FormatJob {
  readonly request: FormatRequest;
  readonly context: BuildContext;
  /** The mounted root tree, or the raw image of the disk. */
  readonly sourcePath: string;
  /** Temporary name the file is written under. */
  readonly targetPath: string;
}

/** An output format. */
export interface FormatUnit {
  /** As given with `-t`. */
  readonly name: string;
  readonly summary: string;
  /** Suffix of the file; undefined when the result is not a file. */
  readonly extension: string | undefined;
  /** `tree` formats are written from the mounted disk, `image` formats when it is unmounted. */
  readonly source: "tree" | "image";
  /** Takes the source away, so every other format of the same source comes first. */
  readonly consumesSource?: boolean;
  readonly tools: readonly HostTool[];
  /** What is wrong with the request for this format, before anything is built. */
  readonly check?: (request: FormatRequest) => FormatFailure | undefined;
  readonly write: (job: FormatJob) => Promise<Result<void, FormatFailure>>;
}

export function defineFormat(unit: FormatUnit): FormatUnit {
  return unit;
}
