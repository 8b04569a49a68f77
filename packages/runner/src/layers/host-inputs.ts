import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { findProgram } from "@dibkit/exec";
import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";
import { withoutImagePaths } from "./image-paths.js";
import { PLACES } from "./layer-key.js";
import type { ScriptReach } from "./script-reach.js";
import { WELL_KNOWN_PROGRAMS } from "./well-known-programs.js";

/** Files up to this size are known by content, larger ones by size and times. */
const LARGEST_HASHED = 64 * 1024 * 1024;
/** Directories with more entries than this are not looked through: they count as changed each time. */
const MOST_ENTRIES = 20_000;

/** Paths of a host script's text that may be the host's own: `$HOME/.ssh/x`, `~/x`, `/etc/x`, `file:///etc/x`, `../x/y`. */
const NAMED_PATH =
  /(?:~|\$HOME|\$\{HOME\}|(?:(?<![\w}$./-])|(?<=\bfile:\/\/))\/(?:etc|root|home|srv|opt|var|boot|mnt|media|data|tmp|usr\/(?:local|share|src)))(?:\/[\w.@+-]+)+/g;
const RELATIVE_PATH = /(?<![\w}$/.~:-])(?:\.{1,2}\/)?[\w@+-][\w.@+-]*(?:\/[\w.@+-]+)+|(?<![\w}$/.~:-])\.\/[\w.@+-]+/g;

/** Directories of the build itself, and those of every system: a variable that names them means the image's. */
const OWN =
  /^\/(tmp\/dib_|tmp\/in_target\.d|(proc|sys|dev)(\/|$)|(boot|efi|etc|usr|var|home|root|tmp|run|bin|sbin|lib\w*)?\/?$)/;

/** Programs that bring the files of an image's root with them, or decide which they are. */
const ROOT_MAKERS: ReadonlySet<string> = new Set(["debootstrap", "mmdebstrap", "dnf", "yum", "zypper", "emerge"]);

/**
 * What a host script reads of the host, as far as it can be seen: files and directories that a text or the value of a
 * variable names, upstream's library, programs. Upstream's `local-config` copies `~/.ssh`, `DIB_LOCAL_IMAGE` names a
 * base image: when those change, a layer made from them is stale. What lies in `ownPlaces`, where dibkit keeps and
 * writes things, is no input, though the words of the command (`DIB_ARGS`) name it.
 */
export function hostInputs(
  reach: Pick<ScriptReach, "texts" | "mentions" | "programs">,
  environment: EnvironmentValues,
  workingDirectory: string,
  files: HostFiles,
  ownPlaces: readonly string[] = [],
): Readonly<Record<string, string>> {
  const { contentOf } = files;
  const inputs: Record<string, string> = {};
  const note = (name: string, content: string | undefined) => {
    if (content !== undefined) inputs[name] = content;
  };
  const home = environment.HOME || "/root";
  for (const text of reach.texts.map(withoutImagePaths)) {
    for (const { 0: written, index } of text.matchAll(NAMED_PATH)) {
      const path = written.replace(/^(~|\$HOME|\$\{HOME\})/, home);
      if (OWN.test(path)) continue;
      // `/boot/vmlinuz-*`: some of the directory's files.
      const isPrefix = /^[*?$[{]/.test(text.slice(index + written.length));
      note(`host file ${written}`, contentOf(path) ?? (isPrefix ? contentOf(dirname(path)) : undefined));
    }
    for (const [written] of text.matchAll(RELATIVE_PATH)) {
      note(`host file ${written}`, fileContent(files, join(workingDirectory, written)));
    }
  }
  const { IMAGE_NAME: image } = environment;
  for (const [name, value] of Object.entries(environment)) {
    if (PLACES.has(name) || !isRead(reach, name)) continue;
    const paths = value.split(/[\s,]+|:(?!\/\/)/).map((part) => part.replace(/^file:\/\//, ""));
    // What lies beside the image and bears its name is an output, such as the manifests directory.
    const own = (path: string) =>
      OWN.test(path) ||
      (image !== undefined && path.startsWith(image)) ||
      ownPlaces.some((own) => path === own || path.startsWith(`${own}/`));
    const contents = paths.map((path) => (path.startsWith("/") && !own(path) ? contentOf(path) : undefined));
    if (!value.startsWith("/") && /^[\w.@+/-]+$/.test(value))
      contents.push(fileContent(files, join(workingDirectory, value)));
    const known = contents.filter((content) => content !== undefined);
    if (known.length > 0) note(`file that ${name} names`, known.length === 1 ? known[0] : hashText(known.join(" ")));
  }
  if (reach.mentions("_LIB") && environment._LIB !== undefined) note("upstream's library", contentOf(environment._LIB));
  for (const program of reach.programs) {
    const name = program.slice(program.lastIndexOf("/") + 1);
    if (WELL_KNOWN_PROGRAMS.has(name) && !ROOT_MAKERS.has(name)) continue;
    const path = findProgram(name, environment);
    if (path !== undefined && !OWN.test(path)) note(`host program ${name}`, contentOf(path));
  }
  return inputs;
}

/** A script that can read any variable is only asked about DIB's own: the others are not names of its inputs. */
function isRead({ texts, mentions }: Pick<ScriptReach, "texts" | "mentions">, name: string): boolean {
  return /^(DIB|IMAGE)_/.test(name) ? mentions(name) : texts.some((text) => text.includes(name));
}

function fileContent(files: HostFiles, path: string): string | undefined {
  try {
    return lstatSync(path).isFile() ? files.contentOf(path) : undefined;
  } catch {
    return undefined;
  }
}

/** What files and directories of the host hold, as one build or plan sees it. */
export interface HostFiles {
  /** A hash of the content; undefined when there is nothing at the path. */
  contentOf(path: string): string | undefined;
}

/** Each path is read once: what a build's own scripts do to the host is part of the layers before a step. */
export function hostFiles(): HostFiles {
  const readBefore = new Map<string, string | undefined>();
  return {
    contentOf(path) {
      if (!readBefore.has(path)) readBefore.set(path, readContent(path));
      return readBefore.get(path);
    },
  };
}

function readContent(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    const status = lstatSync(real);
    if (status.isDirectory()) return treeContent(real);
    if (!status.isFile()) return undefined;
    return status.size <= LARGEST_HASHED ? hashText(readFileSync(real)) : hashText(`${status.size} ${status.mtimeMs}`);
  } catch {
    return undefined;
  }
}

/** Names, modes, sizes and times of everything below a directory. */
function treeContent(directory: string): string {
  const found: string[] = [];
  const pending = [directory];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const name of readdirSync(at)) {
      const path = join(at, name);
      const status = lstatSync(path, { throwIfNoEntry: false });
      if (status === undefined) continue;
      found.push(`${path} ${status.mode} ${status.size} ${status.isDirectory() ? "" : status.mtimeMs}`);
      if (found.length > MOST_ENTRIES)
        return `more than ${MOST_ENTRIES} files at ${performance.now()} of ${Date.now()}`;
      if (status.isDirectory()) pending.push(path);
    }
  }
  return hashText(found.sort().join("\n"));
}
