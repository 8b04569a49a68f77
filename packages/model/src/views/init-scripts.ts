import type { ElementFile } from "../element.js";

/** A file that upstream's `dib-init-system` installs when the image uses that init system. */
export interface InitScript {
  /** `systemd`, `upstart`, `sysv`, `openrc` … */
  readonly init: string;
  readonly name: string;
  readonly path: string;
  readonly entry: ElementFile;
}
