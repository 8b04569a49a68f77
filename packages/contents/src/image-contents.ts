import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileHash } from "@dibkit/exec";
import { fsPath } from "@dibkit/model";
import type { StepLabel } from "@dibkit/runner";

/** One path of an image. */
export interface ImageFile {
  readonly type: "file" | "directory" | "symlink" | "special";
  /** Permission bits with set-uid, set-gid and sticky. */
  readonly mode: number;
  /** `UID:GID`. */
  readonly owner: string;
  /** Length of a file's content; 0 for anything else and for further names of a hard-linked file. */
  readonly bytes: number;
  /** Of symbolic links. */
  readonly target?: string;
  /** The step that wrote the content; unknown when the image was read from a file. */
  readonly writer?: StepLabel;
  /** Where the content is on this machine. */
  readonly contentPath?: string;
  /** SHA-256 of the content, when it is known without `contentPath`. */
  readonly hash?: string;
}

/** The root tree of an image, whatever it was read from. Paths begin with a slash; the root itself is left out. */
export interface ImageContents {
  /** What to call it: an output's path, or the id of a build. */
  readonly name: string;
  readonly files: ReadonlyMap<string, ImageFile>;
  /** Content of files that were read on the way, by path, for images whose content is not on this machine. */
  readonly texts: ReadonlyMap<string, Buffer>;
  /** When the build began, in ISO form; unknown when the image was read from a file. */
  readonly built?: string;
  /** By package, the element that asked for it; unknown when the image was read from a file. */
  readonly askedFor?: Readonly<Record<string, string>>;
  /** The kernel arguments that the build was asked for (`DIB_BOOTLOADER_DEFAULT_CMDLINE`). */
  readonly commandLine?: string;
}

/** Content of a file; undefined when the image has no such file. */
export async function contentOf(image: ImageContents, path: string): Promise<Buffer | undefined> {
  const file = image.files.get(path);
  if (file?.type !== "file") return undefined;
  return file.contentPath === undefined ? image.texts.get(path) : readFile(fsPath(file.contentPath));
}

/** Content of a file as UTF-8; undefined when the image has no such file. */
export async function textOf(image: ImageContents, path: string): Promise<string | undefined> {
  return (await contentOf(image, path))?.toString("utf8");
}

/** SHA-256 of a file's content. */
export async function contentHash(file: ImageFile): Promise<string> {
  return file.hash ?? hashOf(file, "sha256");
}

/** A hash of a file's content; of one whose content is not on this machine, that of nothing. */
export async function hashOf({ contentPath }: ImageFile, algorithm: "sha1" | "sha256"): Promise<string> {
  return contentPath === undefined ? createHash(algorithm).digest("hex") : fileHash(contentPath, algorithm);
}
