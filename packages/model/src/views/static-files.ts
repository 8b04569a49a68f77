import type { ElementFile } from "../element.js";

/** An entry under `static/`. */
export interface StaticFile {
  readonly path: string;
  /** Absolute path in the image. */
  readonly target: string;
  readonly entry: ElementFile;
}

/** An entry under `bin/`. */
export interface BinFile {
  readonly path: string;
  readonly name: string;
  readonly executable: boolean;
  readonly entry: ElementFile;
}
