import { effectiveCommand, parse, type Word } from "@dibkit/shell";

/** The programs that a text runs, as far as it says. */
export interface ScriptCommands {
  /** Names as written, paths included; functions of the text itself are left out. */
  readonly names: readonly string[];
  /** Files read as shell text or handed to an interpreter. */
  readonly sources: readonly string[];
  /** Something is run that the text does not name. */
  readonly unknown: boolean;
  /** The text without its comments, as far as its language is known. */
  readonly code: string;
  /** `env` or `set` print every variable. */
  readonly listsVariables: boolean;
}

const NOTHING_KNOWN = { names: [], sources: [], unknown: true, listsVariables: true };

const SHELL_SHEBANG = /^#!.*\b(ba|da|k|a)?sh\b/;
const INTERPRETERS = /^(ba|da|k|a)?sh$|^(python|perl|ruby|node|lua)[\d.]*$/;
/** Settings files, which set variables and read none of DIB's; debootstrap's own, and those of every system. */
const PLAIN_SETTINGS =
  /(^|\/)\.extra_settings$|^(\/usr\/lib|\/etc)\/(os|lsb|redhat|debian|centos)-release$|^\/etc\/(default|sysconfig)\//;

/** Reads which programs texts run. */
export interface ScriptReader {
  /**
   * Remembered, because scripts share helpers; so the parser has to be loaded (`initShell`) only for a text that is new
   * to this reader, and `ShellNotReady` is thrown otherwise. A text without a `#!` line is read as shell.
   */
  commandsOf(text: string): ScriptCommands;
  /** What was found so far, for another process's reader to start from. */
  found(): FoundCommands;
}

/** Texts and what they run, as JSON can hold it. */
export type FoundCommands = readonly (readonly [text: string, commands: ScriptCommands])[];

export function scriptReader(known: FoundCommands = []): ScriptReader {
  const commandsByText = new Map(known);
  return {
    commandsOf(text) {
      const before = commandsByText.get(text);
      if (before !== undefined) return before;
      const found = !text.startsWith("#!") || SHELL_SHEBANG.test(text) ? shellCommands(text, 0) : otherCommands(text);
      commandsByText.set(text, found);
      return found;
    },
    found: () => [...commandsByText],
  };
}

function shellCommands(text: string, depth: number): ScriptCommands {
  const script = depth > 3 ? undefined : parse({ path: "", text });
  if (script === undefined || script.unread !== undefined) return { ...NOTHING_KNOWN, code: text };
  const functions = new Set(script.functions.map(({ name }) => name));
  const names = new Set<string>();
  const sources = new Set<string>();
  let unknown = false;
  let listsVariables = false;
  const nested = (inner: string) => {
    const found = shellCommands(inner, depth + 1);
    for (const name of found.names) if (!functions.has(name)) names.add(name);
    for (const source of found.sources) sources.add(source);
    unknown ||= found.unknown;
    listsVariables ||= found.listsVariables;
  };
  const run = (word: Word, args: readonly Word[]) => {
    const name = programName(text, word);
    if (name === undefined) {
      const values = assignedCommands(text, word, script.assignments);
      for (const value of values) nested(value);
      if (values.length === 0) unknown = true;
    } else if (!functions.has(name)) {
      const base = name.slice(name.lastIndexOf("/") + 1);
      if (base === "eval") unknown ||= !isHarmlessEval(args, text);
      else if (!INTERPRETERS.test(base)) names.add(name);
      if ((base === "env" || base === "set") && args.every(({ prefix }) => prefix.startsWith("-0")))
        listsVariables = true;
      if (base === "env" && args.some(({ literal }) => literal === "-u" || literal === "--unset"))
        listsVariables = true;
      if (base === "." || base === "source" || INTERPRETERS.test(base)) interpret(base, args);
      if (base === "find") for (const program of afterExec(args)) run(program, []);
      if (base === "trap" && args[0] !== undefined) nested(textOf(text, args[0]));
    }
  };
  const interpret = (base: string, args: readonly Word[]) => {
    const isShell = !/^(python|perl|ruby|node|lua)/.test(base);
    const at = args.findIndex((word) => !word.prefix.startsWith("-") || word.literal === "-");
    const file = args[at];
    const inline = args.slice(0, Math.max(0, at)).some((word) => /^-\w*c$|^-e$/.test(word.literal ?? ""));
    if (file === undefined) unknown ||= !args.some((word) => /^--?(version|V)$/.test(word.literal ?? ""));
    else if (inline && isShell) nested(textOf(text, file));
    else if (inline) unknown ||= file.literal === undefined || runsPrograms(file.literal);
    else {
      const path = file.literal ?? tailOf(text, file);
      if (path === undefined || path === "-" || path.startsWith("/dev/")) unknown = true;
      else if (!PLAIN_SETTINGS.test(path)) sources.add(path);
    }
  };
  for (const command of script.commands) {
    const { word, args } = effectiveCommand(command);
    if (word !== undefined) run(word, args);
  }
  return { names: [...names], sources: [...sources], unknown, listsVariables, code: without(text, script.comments) };
}

function without(text: string, spans: readonly { readonly start: number; readonly end: number }[]): string {
  let at = 0;
  let kept = "";
  for (const { start, end } of spans) {
    kept += text.slice(at, start);
    at = end;
  }
  return kept + text.slice(at);
}

/** The idioms `eval set -- "$(getopt …)"` and `eval declare -A elements=($(get_image_element_array))`. */
function isHarmlessEval(args: readonly Word[], text: string): boolean {
  const [first, second] = args.map(({ literal }) => literal);
  if (first === "set" && second === "--") return /\bgetopt\b/.test(text);
  const rest = args.map(({ start, end }) => text.slice(start, end)).join(" ");
  return /^declare -A \w+=\(\$\(get_image_element_array\)\)$/.test(rest);
}

type Assignments = ReturnType<typeof parse>["assignments"];

/** `$TMP_HOOKS_PATH/bin/x` runs some `x`. */
function programName(text: string, word: Word): string | undefined {
  return word.literal ?? (word.variables[0] === "DIB_PYTHON_EXEC" ? "python3" : tailOf(text, word));
}

/** What the text itself assigns to a variable that stands alone as a command: `$apt_get update`. */
function assignedCommands(text: string, word: Word, assignments: Assignments): readonly string[] {
  const variable = /^"?\$\{?(\w+)\}?"?$/.exec(text.slice(word.start, word.end))?.[1];
  const values = assignments.filter(({ name }) => name === variable).map(({ value }) => value);
  if (values.some((value) => value === undefined)) return [];
  return values.flatMap((value) => (value === undefined ? [] : textOf(text, value)));
}

/** A word as the shell text that it is to be read as. */
function textOf(text: string, word: Word): string {
  return word.literal ?? text.slice(word.start, word.end).replace(/^"(.*)"$/s, "$1");
}

/** The file name at the end of a word whose directory, or the beginning of whose name, is computed. */
function tailOf(text: string, word: Word): string | undefined {
  return /[/}]([A-Za-z0-9_.+-]+)"?$/.exec(text.slice(word.start, word.end))?.[1];
}

function afterExec(args: readonly Word[]): readonly Word[] {
  return args.filter((_, at) => /^-(exec|execdir|ok|okdir)$/.test(args[at - 1]?.literal ?? ""));
}

/** Python, perl and the like: what they run is known when every list of words they make begins with a name. */
function otherCommands(text: string): ScriptCommands {
  const found = { sources: [], listsVariables: false, code: text };
  if (!runsPrograms(text)) return { ...found, names: [], unknown: false };
  const names = [...text.matchAll(/\[\s*(["'])([\w./+-]+)\1/g)].map((match) => match[2] ?? "");
  const programs = names.filter((name) => !name.startsWith("-") && /[a-z]/.test(name));
  const shell = /shell\s*=\s*True|os\.system|popen\(|\bexec\(|\beval\(|runpy|importlib|__import__/.test(text);
  return { ...found, names: programs, unknown: shell || programs.length === 0 };
}

function runsPrograms(text: string): boolean {
  return /\b(subprocess|popen|os\.(system|exec\w*|spawn\w*|posix_spawn\w*)|pty|runpy|importlib|child_process|qx|IPC)\b|\b(system|exec|eval)\s*[("'@$]/.test(
    text,
  );
}
