import type { StepLabel } from "@dibkit/runner";

/** Whether both builds wrote the same bytes in one format. */
export interface VerifiedFormat {
  readonly format: string;
  /** Final place of the first build's output; undefined when the format is not a file. */
  readonly path?: string;
  readonly outcome: "identical" | "different" | "not-compared";
  /** Why it is not compared, or what else is known. */
  readonly note?: string;
}

/** A path of the image that two builds did not make alike. */
export interface UnrepeatedFile {
  /** Begins with a slash. */
  readonly path: string;
  readonly change: "only-in-first" | "only-in-second" | "differs";
  /** What differs, each with both values: `content`, `mode 0644 ↔ 0600`, `time … ↔ …`. */
  readonly what: readonly string[];
  /** Of text: the beginning of a unified diff. Of anything else: where the first difference is. */
  readonly content?: readonly string[];
  /** The script that wrote it last. */
  readonly writer?: StepLabel;
  /** The package that owns it. */
  readonly package?: string;
  /** Why, where it is known. */
  readonly reason?: string;
}

/** Something of a disk that differs and is no file. */
export interface DiskDifference {
  /** `partition table`, `partition 1 (ext4)`. */
  readonly where: string;
  readonly what: string;
}

/** What two builds of the same thing from nothing had in common. */
export interface VerifyReport {
  readonly version: 1;
  /** Path of the outputs without suffix. */
  readonly image: string;
  /** Whether every format that was compared is. */
  readonly identical: boolean;
  /** The `SOURCE_DATE_EPOCH` of both builds. */
  readonly sourceDate: number;
  readonly formats: readonly VerifiedFormat[];
  readonly files: readonly UnrepeatedFile[];
  readonly disk: readonly DiskDifference[];
  /** What happened on the way that may explain a difference. */
  readonly notes: readonly string[];
}
