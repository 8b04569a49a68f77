import type { SourceText } from "./source-text.js";

/**
 * Which part of a generated file came from which part of an author's TypeScript.
 * `[start, end)` are offsets in the generated text, `[sourceStart, sourceEnd)` in `source`.
 */
export interface OriginSpan {
  readonly start: number;
  readonly end: number;
  readonly source: SourceText;
  readonly sourceStart: number;
  readonly sourceEnd: number;
}

/** Where a file came from: a path on disk, or places in a TypeScript module (spans are sorted and may be lazy). */
export type FileOrigin =
  | { readonly kind: "disk"; readonly path: string }
  | { readonly kind: "typescript"; readonly spans: () => readonly OriginSpan[] };

interface EntryBase {
  /**
   * Path inside the element with `/` separators, e.g. `install.d/50-nginx`. Bytes of a name that are not UTF-8
   * are kept as lone surrogates U+DC80..U+DCFF (see `decodePath`/`encodePath`).
   */
  readonly path: string;
  readonly origin: FileOrigin;
}

export interface RegularFile extends EntryBase {
  readonly kind: "file";
  /** Permission bits (`st_mode & 0o7777`). */
  readonly mode: number;
  /** Content; read from disk on first access and kept. */
  readonly bytes: Uint8Array;
  /** Bytes of the content, where that is known without reading it: see `fileSize`. */
  readonly size?: number;
}

export interface SymbolicLink extends EntryBase {
  readonly kind: "symlink";
  readonly target: string;
}

/** A directory that holds nothing; directories with entries are implied by their paths. */
export interface EmptyDirectory extends EntryBase {
  readonly kind: "directory";
  readonly mode: number;
}

export type ElementFile = RegularFile | SymbolicLink | EmptyDirectory;

/** A diskimage-builder element: a name and its files. Everything else is a view on the files. */
export interface Element {
  readonly name: string;
  /** Absolute directory of a loaded element; absolute path of the defining module of a TypeScript element. */
  readonly root: string;
  readonly origin: "disk" | "typescript";
  /**
   * What a definition in TypeScript says that its scripts read, which is in no file. It goes with the element, because
   * the command that builds may have another copy of this module than the one that read the definition.
   */
  readonly declared?: {
    /** All variables of a script, by its path. */
    readonly inputs: ReadonlyMap<string, readonly string[]>;
    /** Phases whose scripts read a variable, by its name; undefined where that is not said. */
    readonly phases: ReadonlyMap<string, readonly string[] | undefined>;
  };
  /** Sorted by path (code-unit order). */
  readonly files: ReadonlyMap<string, ElementFile>;
}

const textByFile = new WeakMap<RegularFile, SourceText>();

/**
 * Text of a file as diagnostics see it: UTF-8, invalid bytes replaced by U+FFFD, byte-order mark kept.
 * The same object is returned each time, so line tables are computed once.
 */
export function textOf(element: Element, file: RegularFile): SourceText {
  const known = textByFile.get(file);
  if (known) return known;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(file.bytes);
  const path = file.origin.kind === "disk" ? file.origin.path : `${element.root}#${file.path}`;
  const source: SourceText = { path, text };
  textByFile.set(file, source);
  return source;
}

/** Bytes of the content; a file on disk, which may be larger than memory, is not read for it. */
export function fileSize(file: RegularFile): number {
  return file.size ?? file.bytes.length;
}

/** Whether the owner may execute the file, which is what upstream's `find -executable` sees as root. */
export function isExecutable(file: RegularFile): boolean {
  return (file.mode & 0o111) !== 0;
}

/**
 * The entry at `path` when it is a regular file, following symbolic links inside the element (at most 40).
 * Undefined when missing, dangling, or leading outside.
 */
export function regularFileAt(element: Element, path: string): RegularFile | undefined {
  let current = path;
  for (let hops = 0; hops < 40; hops += 1) {
    const entry = element.files.get(current);
    if (entry === undefined || entry.kind === "directory") return undefined;
    if (entry.kind === "file") return entry;
    if (entry.target.startsWith("/")) return undefined;
    const parts = current.split("/").slice(0, -1);
    for (const part of entry.target.split("/")) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        if (parts.pop() === undefined) return undefined;
      } else parts.push(part);
    }
    current = parts.join("/");
  }
  return undefined;
}
