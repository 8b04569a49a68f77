/** A file of an element that scripts may read or run: everything but hook scripts, tests and documentation. */
export interface HelperFile {
  /** `element/path`, unique. */
  readonly id: string;
  /** Last part of the path. */
  readonly name: string;
  /** Undefined for a file that is not text. */
  readonly text?: string;
  readonly hash: string;
}

/** What a script can be influenced by, judged by what its text and the texts it uses mention. */
export interface ScriptReach {
  /** Helpers that are part of the key, by id. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether a variable of DIB's own can matter to the script. */
  readonly mentions: (variable: string) => boolean;
}

/** Words through which a script finds element files without naming them. */
const DOORS =
  /IMAGE_ELEMENT|get_image_element_array|ELEMENTS_PATH|TMP_HOOKS_PATH|TMP_BUILD_DIR|in_target\.d|\$0|\$\{0|BASH_SOURCE|dirname|__file__|argv\[0\]|FindBin|\$_LIB|\$\{_LIB/;

/** A script's own name, as in usage messages, leads nowhere. */
const OWN_NAME = /basename\s+(-- )?"?\$(0|\{0\})"?/g;

function opensDoor(text: string): boolean {
  return DOORS.test(text.replace(OWN_NAME, ""));
}

/** Ways to read variables without naming them. */
const WHOLE_ENVIRONMENT =
  /\b(printenv|compgen)\b|\benviron\b\s*(\.(items|keys|values|copy)\b|[),])|\bfor\s[^\n]*\bin\s+os\.environ|\bexport -p\b|\bdeclare -[xp]|\bset\s*\||(^|[\s;|&(`])env(\s+(-0|--null))?\s*($|[|>)`])|\$\{!/m;

const NAME = /[A-Za-z_][A-Za-z0-9_]*/g;

/**
 * Follows what a script mentions: a helper whose name occurs is read too, and a script that opens a door (the hooks
 * directory, the element list, its own path) can reach every helper. `undefined` text is a program: it can reach all.
 */
export function reachOf(script: string | undefined, helpers: readonly HelperFile[]): ScriptReach {
  const texts: string[] = script === undefined ? [] : [script];
  const reached = new Map<string, HelperFile>();
  let everything = script === undefined || opensDoor(script);
  for (let at = 0; at < texts.length && !everything; at += 1) {
    const words = new Set((texts[at] ?? "").match(/[A-Za-z0-9_.+-]+/g) ?? []);
    for (const helper of helpers) {
      if (reached.has(helper.id) || !words.has(helper.name)) continue;
      reached.set(helper.id, helper);
      if (helper.text === undefined) continue;
      texts.push(helper.text);
      everything ||= opensDoor(helper.text);
    }
  }
  const visible = everything ? helpers : [...reached.values()];
  const mentioned = mentionedNames(everything ? [script, ...helpers.map((helper) => helper.text)] : texts);
  return {
    files: Object.fromEntries(visible.map((helper) => [helper.id, helper.hash])),
    mentions: mentioned,
  };
}

function mentionedNames(texts: readonly (string | undefined)[]): (variable: string) => boolean {
  const names = new Set<string>();
  const prefixes: string[] = [];
  for (const text of texts) {
    if (text === undefined || WHOLE_ENVIRONMENT.test(text)) return () => true;
    for (const name of text.match(NAME) ?? []) {
      names.add(name);
      // `DIB_REPOREF_$name`: a name that ends in an underscore is the beginning of others.
      if (name.endsWith("_") && name.length > 1) prefixes.push(name);
    }
  }
  return (variable) => names.has(variable) || prefixes.some((prefix) => variable.startsWith(prefix));
}
