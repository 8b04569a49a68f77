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
  let speakers: ReadonlyMap<string, readonly SourceText[]> | undefined;
  const mentions = new Map<string, RepositoryMention | undefined>();
  const speaking = (name: string) => {
    sources ??= texts();
    if (/[^A-Z0-9_]/.test(name)) return sources.filter(({ text }) => text.includes(name));
    speakers ??= speakersIn(sources);
    return speakers.get(name) ?? [];
  };
  return {
    mentionOf(name) {
      if (!mentions.has(name)) mentions.set(name, find(name, speaking(name)));
      return mentions.get(name);
    },
  };
}

/** The texts that have a word in capitals; a repository with thousands of READMEs is read once, not for each variable. */
function speakersIn(texts: readonly SourceText[]): ReadonlyMap<string, readonly SourceText[]> {
  const speakers = new Map<string, SourceText[]>();
  for (const source of texts) {
    for (const word of new Set(source.text.match(/(?<!\w)[A-Z_][A-Z0-9_]+(?!\w)/g))) {
      const known = speakers.get(word);
      if (known) known.push(source);
      else speakers.set(word, [source]);
    }
  }
  return speakers;
}

function find(name: string, speaking: readonly SourceText[]): RepositoryMention | undefined {
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
