import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { BashFragment } from "./bash.js";
import { type CallSite, callSiteOf } from "./call-site.js";
import { DefinitionError } from "./definition-error.js";

/** A file on disk whose bytes are taken as they are. */
export interface FileReference {
  readonly dibkit: "file";
  /** Absolute path. */
  readonly path: string;
  readonly site: CallSite | undefined;
}

/** A directory on disk whose whole tree is taken as it is. */
export interface DirectoryReference {
  readonly dibkit: "directory";
  readonly path: string;
  readonly site: CallSite | undefined;
}

/** What a file holds: text, bytes, bash, or a file beside the module. */
export type FileContent = string | Uint8Array | BashFragment | FileReference;

/** A file with more to say than its content. */
export interface FileWithMode {
  /** Text, bytes, bash, or `fromFile(path)`. */
  readonly content: FileContent;
  /** Permission bits: `0o600`. A file without this has `0o644`, or as the execute bit of the referenced file says. */
  readonly mode: number;
}

export interface SymbolicLinkSpec {
  readonly dibkit: "symlink";
  readonly target: string;
}

export interface EmptyDirectorySpec {
  readonly dibkit: "empty-directory";
  readonly mode: number;
}

export type FileEntrySpec = FileContent | FileWithMode | SymbolicLinkSpec | EmptyDirectorySpec;

/** Files by path (a directory reference brings a whole sub-directory), or a directory with all of them. */
export type FileTreeSpec = DirectoryReference | { readonly [path: string]: FileEntrySpec | DirectoryReference };

/** The file at `path`, relative to the module that calls: `fromFile("./README.rst")`. */
export function fromFile(path: string | URL): FileReference {
  const site = callSiteOf(fromFile);
  return { dibkit: "file", path: absolute(path, site), site };
}

/** All files below the directory `path`, relative to the module that calls: `fromDirectory("./static")`. */
export function fromDirectory(path: string | URL): DirectoryReference {
  const site = callSiteOf(fromDirectory);
  return { dibkit: "directory", path: absolute(path, site), site };
}

/** A symbolic link to `target`, which need not exist: `symlink("../web.conf")`. */
export function symlink(target: string): SymbolicLinkSpec {
  return { dibkit: "symlink", target };
}

/** A directory with nothing in it, mode `0o755` unless stated. */
export function emptyDirectory(mode = 0o755): EmptyDirectorySpec {
  return { dibkit: "empty-directory", mode };
}

function absolute(path: string | URL, site: CallSite | undefined): string {
  if (path instanceof URL) return fileURLToPath(path);
  if (path.startsWith("file:")) return fileURLToPath(path);
  if (path.startsWith("/")) return path;
  if (site) return resolve(dirname(site.path), path);
  throw new DefinitionError(
    `"${path}" is relative, but the calling module is unknown`,
    undefined,
    "give new URL(path, import.meta.url)",
  );
}
