import { HOOK_SCRIPT_NAME } from "@dibkit/model";
import type { ScriptFile } from "./script-file.js";

/** Signs that a line of a script speaks of files that lie beside it, in whichever way it finds them. */
const OF_HOOKS = /in_target|HOOK|SCRIPT|dirname|BASH_SOURCE|\$0|\$\{0|readlink|realpath|\b_?(DIR|HERE|CWD|SELF)\b/i;

/** First lines that have content no shell could run: keys, unit files, upstart jobs, XML, certificates. */
const PLAIN_DATA =
  /^\s*(ssh-(rsa|dss|ed25519)\s|ecdsa-|sk-|\[[\w .:@/-]+\]\s*$|<[?!\w]|-----BEGIN |(description|author|start on|stop on|respawn|expect|env)\b(?!=)|[\w.-]+\s+=\s|[{}]\s*$)/;

/**
 * Paths of the files in phase directories that are data for the element's scripts: upstart jobs, init scripts, keys,
 * configuration. Only what dib-run-parts would run is a hook script for certain; of the rest, a file is data when
 * another file of the element speaks of it, or when it is plainly none for a shell.
 */
export function phaseDataOf(files: readonly ScriptFile[]): ReadonlySet<string> {
  const candidates = files.filter(mayBeData);
  if (candidates.length === 0) return new Set();
  const mentions = mentionsIn(files);
  return new Set(candidates.filter((file) => isPlainData(file) || isMentioned(file, mentions)).map(({ path }) => path));
}

function mayBeData(file: ScriptFile): boolean {
  if (file.phase === undefined) return false;
  const runs = file.path.split("/").length === 2 && file.executable && HOOK_SCRIPT_NAME.test(file.name);
  return !runs || file.shebang === undefined;
}

/** Without a first line, so that no program is named that could read it. */
function isPlainData({ shebang, source }: ScriptFile): boolean {
  if (shebang !== undefined) return /\b(openrc-run|runscript|rc\.common)\b/.test(shebang) || isInitScript(source.text);
  const first = source.text.split("\n").find((line) => line.trim() !== "" && !/^\s*[#;]/.test(line));
  return first !== undefined && PLAIN_DATA.test(first);
}

function isInitScript(text: string): boolean {
  return /^### BEGIN INIT INFO/m.test(text.slice(0, 4_000)) || /^# chkconfig:/m.test(text.slice(0, 4_000));
}

interface Mentions {
  /** Words of each file's commands, comments left out. */
  readonly words: ReadonlyMap<ScriptFile, ReadonlySet<string>>;
  /** What stands after a slash, as a word or with `*` and variables in it. */
  readonly paths: ReadonlyMap<ScriptFile, readonly RegExp[]>;
}

function mentionsIn(files: readonly ScriptFile[]): Mentions {
  const words = new Map<ScriptFile, ReadonlySet<string>>();
  const paths = new Map<ScriptFile, readonly RegExp[]>();
  for (const file of files) {
    // A README tells people, and lists of elements name no files.
    if (/^(README|element-)/.test(file.path)) continue;
    const lines = file.source.text.split("\n").filter((line) => !/^\s*#(?!!)/.test(line));
    words.set(file, new Set(lines.flatMap((line) => line.match(/[\w.+@-]+/g) ?? [])));
    const patterns = lines.filter((line) => OF_HOOKS.test(line)).flatMap(patternsIn);
    if (patterns.length > 0) paths.set(file, patterns);
  }
  return { words, paths };
}

/** Names at the ends of paths that are not written out, `$DIR/*.conf` or `$DIR/init-$SYSTEM`, as what they match. */
function patternsIn(line: string): readonly RegExp[] {
  return [...line.matchAll(/\/((?:[\w.+@-]|[*?]|\$\{?\w+\}?)+)(?![\w./*?$-])/g)].flatMap(([, name = ""]) => {
    const literal = name.replace(/\$\{?\w+\}?|[*?]/g, "");
    if (literal === name || literal.length < 2) return [];
    const parts = name.split(/\$\{?\w+\}?|[*?]/).map((part) => part.replace(/[.+]/g, "\\$&"));
    return [new RegExp(`^${parts.join("[^/]*")}$`)];
  });
}

function isMentioned(file: ScriptFile, { words, paths }: Mentions): boolean {
  for (const [other, spoken] of words) {
    if (other.path === file.path) continue;
    if (spoken.has(file.name) && (!/^(\d\d-|[a-z]+$)/.test(file.name) || isPath(file.name, other.source.text)))
      return true;
    if (paths.get(other)?.some((pattern) => pattern.test(file.name))) return true;
  }
  return false;
}

/** The name of a hook script or an everyday word must be spoken of as a file: messages and commands have such words. */
function isPath(name: string, text: string): boolean {
  return text.includes(`/${name}`);
}
