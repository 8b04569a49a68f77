import type { Location } from "../diagnostic.js";
import type { RegularFile } from "../element.js";

/** A file in `environment.d`, sourced by bash before every phase. */
export interface EnvironmentFile {
  readonly name: string;
  readonly path: string;
  /** The content, symbolic links followed. */
  readonly file: RegularFile;
  /** Leading number of the name; upstream nevertheless sorts these files by bytes, so `9-a` comes after `10-b`. */
  readonly priority: number | undefined;
  /** Whether dib-run-parts sources it: a name of letters, digits, `_`, `-` and `.` only. */
  readonly sourced: boolean;
  /** The first line of the file. */
  readonly location: Location;
}
