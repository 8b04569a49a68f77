import type { RegularFile } from "../element.js";

/** A script that is linked into `install.d` only when its install type is chosen. */
export interface InstallTypeScript {
  readonly name: string;
  readonly path: string;
  readonly file: RegularFile;
  readonly executable: boolean;
}

/** `install.d/<prefix>-<type>-install/`, chosen by `DIB_INSTALLTYPE_<prefix>` or `DIB_DEFAULT_INSTALLTYPE`. */
export interface InstallType {
  readonly prefix: string;
  /** `source`, `package`, or any word an element knows, such as `repo`. */
  readonly type: string;
  /** Path of the directory in the element. */
  readonly path: string;
  readonly scripts: readonly InstallTypeScript[];
}
