import type { SourceText } from "@dibkit/model";

/** Where the repository around the elements sets a variable, or tells its users to. */
export interface RepositoryMention {
  readonly path: string;
  readonly how: "sets" | "documents";
}

/** What wrapper scripts, Makefiles, CI configuration and READMEs of a repository say of variables. */
export interface RepositoryVariables {
  /** The first text that sets the variable, else the first that documents it; undefined when none speaks of it. */
  mentionOf(name: string): RepositoryMention | undefined;
}

/** The texts are asked for when the first variable is. */
export function repositoryVariables(texts: () => readonly SourceText[]): RepositoryVariables {
  let sources: readonly SourceText[] | undefined;
  let words: ReadonlySet<string> | undefined;
  const mentions = new Map<string, RepositoryMention | undefined>();
  const mayBeThere = (name: string, texts: readonly SourceText[]) => {
    if (/[^A-Z0-9_]/.test(name)) return true;
    words ??= wordsIn(texts);
    return words.has(name);
  };
  return {
    mentionOf(name) {
      sources ??= texts();
      if (!mentions.has(name)) mentions.set(name, mayBeThere(name, sources) ? find(name, sources) : undefined);
      return mentions.get(name);
    },
  };
}

/** Words in capitals: most names that are asked for are none of them, and no text is searched for those. */
function wordsIn(texts: readonly SourceText[]): ReadonlySet<string> {
  const words = new Set<string>();
  for (const { text } of texts) for (const [word] of text.matchAll(/(?<!\w)[A-Z_][A-Z0-9_]+(?!\w)/g)) words.add(word);
  return words;
}

function find(name: string, sources: readonly SourceText[]): RepositoryMention | undefined {
  const speaking = sources.filter(({ text }) => text.includes(name));
  const documents = ({ path }: SourceText) => /\.(rst|md|txt)$|(^|\/)README[^/]*$/i.test(path);
  const sets = settingOf(name);
  const setter = speaking.find((source) => !documents(source) && sets.test(source.text));
  if (setter !== undefined) return { path: setter.path, how: "sets" };
  const word = new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`);
  const reader = speaking.find((source) => documents(source) && word.test(source.text));
  return reader && { path: reader.path, how: "documents" };
}

/**
 * `NAME=`, `export A NAME`, a YAML key, `-e NAME` of docker, `environ["NAME"] =` and `{"NAME": …}` of a program, and
 * `- name: NAME` of a list that gives values to names.
 */
function settingOf(name: string): RegExp {
  const forms = [
    `(?<![\\w$]|\\$\\{)${name}\\s*[:?+]{0,2}=(?!=)`,
    `(?<![\\w$]|\\$\\{)${name}["']?\\s*:(?![-=?+:])`,
    `\\b(export|env|declare|-e|--env)\\b[^\\n]*[\\s"']${name}\\b`,
    `["']${name}["']\\s*(\\]\\s*)?[=:,]`,
    `^[\\s-]*(name|key|var|variable):\\s*["']?${name}["']?\\s*$`,
  ];
  return new RegExp(forms.join("|"), "m");
}
