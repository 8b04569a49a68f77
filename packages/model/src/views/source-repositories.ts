import type { Location } from "../diagnostic.js";
import type { RegularFile } from "../element.js";
import type { Located } from "./view.js";

export const SOURCE_REPOSITORY_TYPES = ["git", "tar", "file", "package"] as const;

/** A line `<name> <type> <destination> <location> [<ref>]`. Words are as written: upstream lets the shell expand them. */
export interface SourceRepository {
  readonly name: Located<string>;
  /** One of `SOURCE_REPOSITORY_TYPES` when the line is right. */
  readonly type: Located<string> | undefined;
  readonly destination: Located<string> | undefined;
  /** The `<location>` word of the line, called so because every parsed item has a `location` of its own. */
  readonly url: Located<string> | undefined;
  readonly ref: Located<string> | undefined;
  /** Path of the file in the element. */
  readonly path: string;
  readonly file: RegularFile;
  /** The whole line. */
  readonly location: Location;
}
