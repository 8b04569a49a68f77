import type { SourceText } from "@dibkit/model";
import { effectiveCommand } from "./effective-command.js";
import { parse } from "./parse.js";
import type { ShellScript, Span } from "./shell-script.js";

/** A file that a script names relative to itself or to the hooks directory. */
export interface FileReference extends Span {
  readonly base: "script" | "hooks";
  /** Path below the base, as written: `../static/x`, `files/web.conf`. */
  readonly path: string;
  /**
   * `write` makes or changes it, `test` asks whether it is there, `guarded` comes after such a question; `other` is a
   * program of which it is not known whether it reads or writes the file.
   */
  readonly use: "read" | "write" | "test" | "guarded" | "other";
}

const SELF = String.raw`(?:\$\(\s*dirname\s+"?\$(?:0|\{0\}|\{BASH_SOURCE(?:\[0\])?\}|BASH_SOURCE)"?\s*\)|\$\{0%/\*\}|\$\{BASH_SOURCE(?:\[0\])?%/\*\})`;
const HOOKS = String.raw`/tmp/in_target\.d|\$\{?TMP_HOOKS_PATH\}?`;
/** The whole of a value that means the script's own directory, whichever way it is made absolute. */
const OWN_DIRECTORY = new RegExp(
  String.raw`^"?(?:${SELF}|\$\(\s*(?:cd|readlink\s+-\w+|realpath)\s+"?${SELF}"?\s*(?:&&\s*pwd(?:\s+-P)?\s*)?\)|\$\(\s*dirname\s+"?\$\(\s*(?:readlink\s+-\w+|realpath)\s+"?\$0"?\s*\)"?\s*\))"?$`,
);
const OWN_HOOKS = new RegExp(`^"?(?:${HOOKS})/?"?$`);
const MAKERS = new Set(["mkdir", "touch", "rm", "rmdir", "tee", "truncate", "chmod", "chown", "mktemp"]);
/** Programs that read the files they are given; those of `INTO_LAST` all but the last. */
const READERS = new Set(
  (
    "cat . source bash sh grep egrep sed awk head tail tar gpg apt-key rpm dpkg patch jq diff envsubst sort cut wc " +
    "python3 python perl ruby xargs test [ apt-get apt dnf yum zypper pip pip3 md5sum sha256sum sha512sum base64 unzip"
  ).split(" "),
);
/** Options whose value a program writes to. */
const OUTPUT =
  /^(-o|-O|-d|-D|-C|-out|--out|--output|--output-document|--output-dir|--directory|--target|--dest|--prefix)$/;
const INTO_LAST = new Set(["cp", "mv", "ln", "install", "rsync"]);

/** References of a script, in the order of the text; those with a wildcard or a variable in them are left out. */
export function fileReferences(source: SourceText): readonly FileReference[] {
  const { text } = source;
  if (!/dirname|BASH_SOURCE|\$\{0%|in_target\.d|TMP_HOOKS_PATH/.test(text)) return [];
  const script = parse(source);
  const bases = new Map<string, FileReference["base"]>();
  for (const { name, value } of script.assignments) {
    const written = value && text.slice(value.start, value.end);
    if (written === undefined) continue;
    if (OWN_DIRECTORY.test(written)) bases.set(name, "script");
    else if (OWN_HOOKS.test(written)) bases.set(name, "hooks");
  }
  const variables = [...bases.keys()].map((name) => String.raw`\$${name}(?!\w)|\$\{${name}\}`);
  const base = [SELF, HOOKS, ...variables].join("|");
  const references: FileReference[] = [];
  const asked = new Set<string>();
  for (const match of text.matchAll(new RegExp(String.raw`(${base})"?/([\w.@+,/-]+)(["'\s;)&|>]|$)`, "g"))) {
    const start = match.index;
    const path = (match[2] as string).replace(/\/+$/, "");
    if (script.comments.some((comment) => start >= comment.start && start < comment.end)) continue;
    const written = match[1] as string;
    const variable = /^\$\{?(\w+)\}?$/.exec(written)?.[1];
    const kind =
      (variable === undefined ? undefined : bases.get(variable)) ??
      (/in_target|HOOKS/.test(written) ? "hooks" : "script");
    const end = start + match[0].length - (match[3] as string).length;
    const use = useOf({ start, end }, script);
    const key = `${kind} ${path}`;
    if (use === "test") asked.add(key);
    references.push({ start, end, base: kind, path, use: use === "read" && asked.has(key) ? "guarded" : use });
  }
  return references;
}

function useOf({ start, end }: Span, script: ShellScript): FileReference["use"] {
  const inside = (span: Span) => start >= span.start && end <= span.end + 1;
  if (script.tests.some((test) => /^-[defrsxLhwS]$/.test(test.operator) && inside(test))) return "test";
  // A value is asked for where its variable is.
  const made = script.assignments.find(inside);
  if (made !== undefined && script.tests.some(({ right }) => right.variables.includes(made.name))) return "guarded";
  const redirect = script.redirects.find(inside);
  if (redirect !== undefined) return redirect.operator.includes(">") ? "write" : "read";
  const command = script.commands.findLast(inside);
  if (command === undefined) return "read";
  const { name, args } = effectiveCommand(command);
  if (name === undefined) return "read";
  const operands = args.filter(({ prefix }) => !prefix.startsWith("-"));
  const last = operands.at(-1);
  if (MAKERS.has(name)) return "write";
  if (name === "sed" && args.some(({ prefix }) => prefix.startsWith("-i"))) return "write";
  if (INTO_LAST.has(name) && last !== undefined && inside(last) && operands.length > 1) return "write";
  const at = args.findIndex(inside);
  const word = args[at];
  if (word === undefined) return command.context.tested ? "guarded" : "read";
  const option = args[at - 1]?.literal ?? "";
  if (OUTPUT.test(option) || /^(of=|--?[a-z-]*(out|dir)[a-z-]*=)/.test(word.prefix)) return "write";
  if (command.context.tested) return "guarded";
  // A word with blanks is a program of its own, as in `sh -c "echo x > $TMP_HOOKS_PATH/x"`.
  if (/\s/.test(word.prefix)) return "other";
  return READERS.has(name) || INTO_LAST.has(name) ? "read" : "other";
}
