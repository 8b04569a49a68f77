import { readFileSync, statSync } from "node:fs";
import type { ElementFile, OriginSpan, RegularFile } from "../element.js";
import { fsPath } from "../path-bytes.js";
import { type BashFragment, isBash } from "./bash.js";
import { bashSpans } from "./bash-spans.js";
import type { CallSite } from "./call-site.js";
import { DefinitionError } from "./definition-error.js";
import { directoryFiles } from "./directory-files.js";
import { fieldRange, wholeFile } from "./field-spans.js";
import type { DirectoryReference, FileContent, FileEntrySpec, FileReference, FileTreeSpec } from "./file-content.js";
import { renderBash } from "./render-bash.js";

/** Where in the specification a file is defined. */
export interface FieldSite {
  readonly site: CallSite | undefined;
  readonly field: readonly (string | number)[];
}

/** A text file; `spans` is asked for only when something must be shown in the author's module. */
export function textFile(path: string, text: string, mode: number, spans: () => readonly OriginSpan[]): RegularFile {
  let known: readonly OriginSpan[] | undefined;
  return {
    kind: "file",
    path,
    mode,
    bytes: new TextEncoder().encode(text),
    origin: {
      kind: "typescript",
      spans: () => {
        known ??= spans();
        return known;
      },
    },
  };
}

/** A text file made from one field of the specification. */
export function fieldFile(path: string, text: string, from: FieldSite): RegularFile {
  return textFile(path, text, 0o644, () => wholeFile(text, fieldRange(from.site, from.field)));
}

/** A file with the bytes of one on disk, read when they are needed. */
export function referencedFile(path: string, reference: FileReference, mode?: number): RegularFile {
  let stat: ReturnType<typeof statSync> | undefined;
  try {
    stat = statSync(fsPath(reference.path), { throwIfNoEntry: false });
  } catch {
    stat = undefined;
  }
  if (!stat?.isFile())
    throw new DefinitionError(
      `fromFile finds no file "${reference.path}"`,
      reference.site,
      "give a path relative to the module that calls fromFile",
    );
  const executable = (Number(stat.mode) & 0o111) !== 0;
  let bytes: Uint8Array | undefined;
  return {
    kind: "file",
    path,
    mode: mode ?? (executable ? 0o755 : 0o644),
    get bytes() {
      bytes ??= new Uint8Array(readFileSync(fsPath(reference.path)));
      return bytes;
    },
    origin: { kind: "disk", path: reference.path },
  };
}

/** A file of any content. Bash is written without a header: only scripts get one. */
export function contentFile(
  path: string,
  content: FileContent,
  mode: number | undefined,
  from: FieldSite,
): RegularFile {
  if (typeof content === "string") return { ...fieldFile(path, content, from), mode: mode ?? 0o644 };
  if (content instanceof Uint8Array) {
    const spans = () => wholeFile(new TextDecoder().decode(content), fieldRange(from.site, from.field));
    return { kind: "file", path, mode: mode ?? 0o644, bytes: content, origin: { kind: "typescript", spans } };
  }
  if (isBash(content)) return bashFile(path, content, "", mode ?? 0o644);
  return referencedFile(path, content, mode);
}

/** Rendered bash after `header`, with a final newline. */
export function bashFile(
  path: string,
  content: BashFragment,
  header: string,
  mode: number,
  headerRange?: () => ReturnType<typeof fieldRange>,
): RegularFile {
  const rendered = renderBash(content);
  const head = rendered.text.startsWith("#!") ? "" : header;
  const body = rendered.text === "" ? "" : `${rendered.text}\n`;
  return textFile(path, head + body, mode, () => {
    const range = head === "" ? undefined : headerRange?.();
    return [...(range ? [{ start: 0, end: head.length, ...range }] : []), ...bashSpans(rendered.segments, head.length)];
  });
}

/** The files of a tree under `prefix`; `mode` is that of files that say nothing about it. */
export function treeFiles(
  prefix: string,
  tree: FileTreeSpec,
  mode: number | undefined,
  from: FieldSite,
): ElementFile[] {
  if (isDirectoryReference(tree)) return directoryFiles(prefix, tree);
  return Object.entries(tree).flatMap(([name, entry]) => {
    const path = prefix + relativePath(name, from.site);
    if (isDirectoryReference(entry)) return directoryFiles(`${path}/`, entry);
    return [entryFile(path, entry as FileEntrySpec, mode, { site: from.site, field: [...from.field, name] })];
  });
}

function entryFile(path: string, entry: FileEntrySpec, mode: number | undefined, from: FieldSite): ElementFile {
  if (typeof entry === "string" || entry instanceof Uint8Array) return contentFile(path, entry, mode, from);
  if ("content" in entry) return contentFile(path, entry.content, entry.mode, from);
  const spans = () => wholeFile("", fieldRange(from.site, from.field));
  if (entry.dibkit === "symlink")
    return { kind: "symlink", path, target: entry.target, origin: { kind: "typescript", spans } };
  if (entry.dibkit === "empty-directory")
    return { kind: "directory", path, mode: entry.mode, origin: { kind: "typescript", spans } };
  return contentFile(path, entry, mode, from);
}

function isDirectoryReference(value: unknown): value is DirectoryReference {
  return (value as { dibkit?: unknown }).dibkit === "directory";
}

/** A path in the element; an absolute one means the same, as paths in the image are written. */
function relativePath(path: string, site: CallSite | undefined): string {
  const parts = path.replace(/^\/+/, "").split("/");
  if (parts.every((part) => part !== "" && part !== "." && part !== "..")) return parts.join("/");
  throw new DefinitionError(`"${path}" is not a path inside an element`, site, 'leave out ".", ".." and empty names');
}
