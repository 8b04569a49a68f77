import { createReadStream } from "node:fs";
import { hostname } from "node:os";
import { contentOf, type ImageContents, type ImageFile } from "@dibkit/contents";
import { fsPath, homeDirectory } from "@dibkit/model";
import { type Image, isOwn, unknownContent } from "./image.js";

/** What of the machine that built an image has no business in it. */
export interface Builder {
  /** Names of the machine, such as `"builder-3"`. */
  readonly hostNames: readonly string[];
  /** Absolute paths of directories. */
  readonly paths: readonly string[];
}

/** Where something of the builder was found. */
export interface Trace {
  /** Absolute, in the image. */
  readonly path: string;
  /** The host name or path of the builder. */
  readonly text: string;
  /** From 1, in files of text; absent for symbolic links and other files. */
  readonly line?: number;
}

/**
 * This machine as the builder of an image: its host name, the home directory and the working directory. What says
 * nothing is left out: `localhost`, and directories that the image has itself, such as `/root`.
 */
export function thisBuilder(image: Image): Builder {
  const name = hostname();
  const paths = [homeDirectory(process.env), process.cwd()];
  return {
    hostNames: name === "localhost" ? [] : [name],
    paths: paths.filter((path) => path !== "/" && image.file(path) === undefined),
  };
}

/**
 * Where names of the builder are left: paths in the content of any file and in what symbolic links lead to, host names in
 * files of text that the image's packages did not bring, and in all of `/etc`, because a host name may be a word too. Only
 * whole names count: `/home/al` is not in `/home/alice`. Throws an `UnknownFact` when a content is not known.
 */
export async function tracesOf(image: Image, { hostNames, paths }: Builder): Promise<readonly Trace[]> {
  const inPaths = paths
    .map((path) => path.replace(/\/+$/, ""))
    .filter((path) => path !== "")
    .map((text): Needle => ({ text, bytes: Buffer.from(text), inside: /[\w.-]/ }));
  const inNames = hostNames
    .filter((text) => text !== "")
    .map((text): Needle => ({ text, bytes: Buffer.from(text), inside: /[\w-]/, textOnly: true }));
  const owners = inNames.length === 0 ? new Map() : await image.owners();
  const traces: Trace[] = [];
  for (const [path, file] of image.contents.files) {
    const needles = isOwn(path, owners) ? [...inNames, ...inPaths] : inPaths;
    if (needles.length === 0) continue;
    if (file.type === "file") traces.push(...(await tracesInFile(image.contents, path, file, needles)));
    if (file.type !== "symlink") continue;
    const target = { bytes: Buffer.from(file.target ?? ""), isFirst: true, isLast: true };
    for (const needle of needles) if (positionOf(target, needle) !== -1) traces.push({ path, text: needle.text });
  }
  return traces;
}

interface Needle {
  readonly text: string;
  readonly bytes: Buffer;
  /** A character that, beside it, makes it a part of another name. */
  readonly inside: RegExp;
  /** In other files it would be found by chance. */
  readonly textOnly?: boolean;
}

async function tracesInFile(
  contents: ImageContents,
  path: string,
  file: ImageFile,
  needles: readonly Needle[],
): Promise<readonly Trace[]> {
  const traces = new Map<string, Trace>();
  // What ends with a piece is looked at again with the next one, and with the character before it.
  const kept = Math.max(...needles.map(({ bytes }) => bytes.length)) + 2;
  let rest = Buffer.alloc(0);
  let lines = 1;
  let isText = true;
  const look = (piece: Piece) => {
    for (const needle of needles) {
      if (traces.has(needle.text) || (needle.textOnly && !isText)) continue;
      const at = positionOf(piece, needle);
      if (at === -1) continue;
      const line = lines + newlinesIn(piece.bytes.subarray(0, at));
      traces.set(needle.text, { path, text: needle.text, ...(isText ? { line } : {}) });
    }
  };
  let isFirst = true;
  for await (const chunk of chunksOf(contents, path, file)) {
    const bytes = Buffer.concat([rest, chunk]);
    isText &&= !chunk.includes(0);
    look({ bytes, isFirst, isLast: false });
    if (traces.size === needles.length) break;
    isFirst &&= bytes.length <= kept;
    rest = bytes.subarray(Math.max(0, bytes.length - kept));
    if (isText) lines += newlinesIn(bytes.subarray(0, bytes.length - rest.length));
  }
  look({ bytes: rest, isFirst, isLast: true });
  return [...traces.values()];
}

/** A piece of a file's content. */
interface Piece {
  readonly bytes: Buffer;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Bytes that are looked at together. */
const PIECE = 4 * 1024 * 1024;

async function* chunksOf(contents: ImageContents, path: string, file: ImageFile): AsyncGenerator<Buffer> {
  // A stream for each of the many small files takes ten times as long.
  if (file.contentPath !== undefined && file.bytes > PIECE) {
    yield* createReadStream(fsPath(file.contentPath), { highWaterMark: PIECE });
    return;
  }
  const content = await contentOf(contents, path);
  if (content === undefined && file.bytes > 0) throw unknownContent(contents, path);
  if (content !== undefined) yield content;
}

/** Where a piece has the name and both characters beside it, which are not of the name; -1 when nowhere. */
function positionOf({ bytes, isFirst, isLast }: Piece, { bytes: wanted, inside }: Needle): number {
  const isInside = (at: number) =>
    at >= 0 && at < bytes.length && inside.test(String.fromCharCode(bytes[at] as number));
  const end = isLast ? bytes.length : bytes.length - 1;
  for (let at = bytes.indexOf(wanted, isFirst ? 0 : 1); at !== -1; at = bytes.indexOf(wanted, at + 1))
    if (at + wanted.length <= end && !isInside(at - 1) && !isInside(at + wanted.length)) return at;
  return -1;
}

function newlinesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
