import type { CommandRunner, HostTool } from "@dibkit/exec";
import type { ImageContents } from "../image-contents.js";

/** An installed package as the image's own package manager knows it. */
export interface InstalledPackage {
  /** Name without the architecture. */
  readonly name: string;
  /** `NAME:ARCH`, or the name alone where there is but one architecture. */
  readonly id: string;
  /** As the package manager writes it, and the state where it is another than installed. */
  readonly version: string;
  /** As the package manager writes it; absent where it says none. */
  readonly architecture?: string;
  /** The source package, where it has another name. */
  readonly source?: string;
  /** Who packaged it. */
  readonly supplier?: string;
  /** What the database says of its licence; Debian's keeps that in files of the packages. */
  readonly licence?: string;
  /** Absolute paths, as the database has them: directories may be among them. */
  readonly files: readonly string[];
}

/** How one package manager remembers what is installed. */
export interface PackageDatabase {
  /** Name of the package manager. */
  readonly name: string;
  /** Type of its packages' URLs (purl): `deb`, `rpm`, `apk`, `alpm`. */
  readonly urlType: string;
  /** The program of this machine that reads it; absent where dibkit does. */
  readonly reader?: HostTool;
  /** Whether a path of an image is a part of the database. */
  readonly isPart: (path: string) => boolean;
  /** Reads the parts that the image has; at least one is there. */
  readonly read: (image: ImageContents, commands: CommandRunner) => Promise<readonly InstalledPackage[]>;
}
