import type { Location } from "../diagnostic.js";
import type { ElementFile, RegularFile } from "../element.js";
import type { PhaseName } from "../phases.js";

/** A file directly in a phase directory. */
export interface HookScript {
  readonly phase: PhaseName;
  /** File name, such as `50-nginx`. */
  readonly name: string;
  /** Path in the element, such as `install.d/50-nginx`. */
  readonly path: string;
  /** The content, symbolic links followed. */
  readonly file: RegularFile;
  /** Leading number of the name; undefined when there is none (it then sorts as 0). */
  readonly priority: number | undefined;
  readonly executable: boolean;
  /** Whether dib-run-parts runs it: executable, and a name of letters, digits, `_` and `-` only. */
  readonly runs: boolean;
  /** The first line of the file. */
  readonly location: Location;
}

/** An entry of a phase directory that is no hook script. */
export interface PhaseFile {
  readonly phase: PhaseName;
  readonly path: string;
  readonly entry: ElementFile;
  readonly reason: "in-subdirectory" | "dangling-link" | "link-outside";
}

/** A top-level directory named like a phase that is none, such as `finalize.d`; `modprobe.d` and such are legitimate. */
export interface UnknownPhaseDirectory {
  readonly name: string;
  readonly files: readonly ElementFile[];
}
