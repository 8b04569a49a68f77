import { readsWholeEnvironment } from "./environment-readers.js";
import { type ScriptCommands, type ScriptReader, scriptReader } from "./script-commands.js";
import { WELL_KNOWN_PROGRAMS } from "./well-known-programs.js";
import { wideReads } from "./wide-reads.js";

/** A file of an element that scripts may read or run. */
export interface HelperFile {
  /** `element/path`, unique. */
  readonly id: string;
  /** Path in the element and in the hooks directory. */
  readonly path: string;
  /** Last part of the path. */
  readonly name: string;
  /** Undefined for a file that is not text. */
  readonly text?: string;
  readonly hash: string;
  /** A program or a module, not data. */
  readonly runs?: boolean;
  /** A hook script, environment file, test or document: not what scripts usually read of each other. */
  readonly aside?: boolean;
}

/** What a script can be influenced by, judged by what its text and the texts it uses say. */
export interface ScriptReach {
  /** Files that are part of the key, by id. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether a variable of DIB's own can matter to the script. */
  readonly mentions: (variable: string) => boolean;
  /** Every text that was followed, without comments, to see which files of the host they name. */
  readonly texts: readonly string[];
  /** Programs that they run, paths included. */
  readonly programs: readonly string[];
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/g;
const WORD = /[A-Za-z0-9_.+-]+/g;

/**
 * Follows what a script mentions: a file whose name occurs is read too, and so is a hook script that may have written a
 * program which is run. A text that reads widely (the hooks directory, the element list, its own path) can reach what
 * lies behind it. Where the judgement ends (a compiled program, a program nobody knows, `eval`) everything counts.
 */
export function reachOf(
  script: string | undefined,
  files: readonly HelperFile[],
  functions: ReadonlyMap<string, string> = new Map(),
  reader: ScriptReader = scriptReader(),
): ScriptReach {
  const index = indexOf(files);
  const reached = new Map<string, HelperFile>();
  const followed = new Set<string>();
  const codes: string[] = [];
  const programs = new Set<string>();
  let anyVariable = false;
  const reach = (wanted: readonly HelperFile[]) => {
    for (const file of wanted) reached.set(file.id, file);
  };
  const giveUp = () => {
    anyVariable = true;
    reach(index.helpers);
  };
  const follow = (text: string, asShell: boolean) => {
    if (followed.has(text)) return;
    followed.add(text);
    const words = new Set(text.match(WORD) ?? []);
    const commands = asShell || text.startsWith("#!") ? reader.commandsOf(text) : undefined;
    const code = commands?.code ?? text;
    codes.push(code);
    const reads = wideReads(code, words);
    if (reads.all) reach(files);
    if (reads.helpers) reach(index.helpers);
    for (const path of reads.paths)
      reach(files.filter((file) => file.path === path || file.path.startsWith(`${path}/`)));
    if (reads.oldPackageLists) reach(files.filter(({ name }) => name.startsWith("package-installs-")));
    anyVariable ||= readsWholeEnvironment(code) || (commands?.listsVariables ?? false);
    if (commands !== undefined) followCommands(text, commands);
    for (const word of words) for (const file of index.byName.get(word) ?? []) use(file, false);
  };
  const use = (file: HelperFile, asShell: boolean) => {
    reach([file]);
    if (file.text !== undefined && (file.runs || asShell)) follow(file.text, asShell);
    // A compiled program may read anything.
    else if (file.text === undefined && file.runs) giveUp();
  };
  const followCommands = (text: string, commands: ScriptCommands) => {
    if (commands.unknown) giveUp();
    for (const name of commands.names) programs.add(name);
    for (const path of [...commands.sources, ...commands.names]) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      const isSource = commands.sources.includes(path);
      const own = index.byName.get(name) ?? [];
      const body = functions.get(path);
      if (body !== undefined) {
        follow(functionText(name, body), true);
        continue;
      }
      for (const file of own) use(file, isSource);
      if (own.length > 0) continue;
      const isKnown = !isSource && WELL_KNOWN_PROGRAMS.has(name);
      const mention = isKnown ? `/local/bin/${name}` : `/${name}`;
      const writers = index.scripts.filter((file) => file.text !== text && file.text?.includes(mention));
      for (const writer of writers) follow(writer.text ?? "", true);
      if (writers.length === 0 && !isKnown) giveUp();
    }
  };
  if (script === undefined) {
    anyVariable = true;
    reach(files);
  } else follow(script, true);
  return {
    files: Object.fromEntries([...reached.values()].map((file) => [file.id, file.hash])),
    mentions: anyVariable ? () => true : mentionedNames([...followed, ...textsOf(reached.values())]),
    texts: codes,
    programs: [...programs],
  };
}

/** An exported function as the text that defines it. */
function functionText(name: string, body: string): string {
  return `${name} ${body}`;
}

interface FileIndex {
  readonly helpers: readonly HelperFile[];
  /** Hook scripts, which may write programs that others run. */
  readonly scripts: readonly HelperFile[];
  readonly byName: ReadonlyMap<string, readonly HelperFile[]>;
}

const indexes = new WeakMap<readonly HelperFile[], FileIndex>();

function indexOf(files: readonly HelperFile[]): FileIndex {
  const known = indexes.get(files);
  if (known !== undefined) return known;
  const helpers = files.filter(({ aside }) => !aside);
  const byName = new Map<string, HelperFile[]>();
  for (const file of helpers) {
    // `import probe` reads probe.py.
    for (const name of new Set([file.name, file.name.replace(/\.(py|pm|rb)$/, "")])) {
      byName.set(name, [...(byName.get(name) ?? []), file]);
    }
  }
  const index = { helpers, scripts: files.filter(({ aside, runs }) => aside && runs), byName };
  indexes.set(files, index);
  return index;
}

function textsOf(files: Iterable<HelperFile>): readonly string[] {
  return [...files].flatMap(({ text }) => text ?? []);
}

/** Whether texts contain a name, whole, or a beginning of it that ends in an underscore. */
export function mentionedNames(texts: readonly string[]): (variable: string) => boolean {
  const names = new Set<string>();
  const prefixes: string[] = [];
  for (const text of texts) {
    for (const name of text.match(NAME) ?? []) {
      names.add(name);
      // `DIB_REPOREF_$name`: a name that ends in an underscore is the beginning of others.
      if (name.endsWith("_") && name.length > 1) prefixes.push(name);
    }
  }
  return (variable) => names.has(variable) || prefixes.some((prefix) => variable.startsWith(prefix));
}
