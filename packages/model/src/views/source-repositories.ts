import type { Diagnostic, Location } from "../diagnostic.js";
import { type Element, type RegularFile, textOf } from "../element.js";
import { metadataFile } from "./metadata-file.js";
import { repositoryWords } from "./repository-words.js";
import { strippedLines, type TextLine } from "./text-lines.js";
import type { Located, View } from "./view.js";

export const SOURCE_REPOSITORY_TYPES = ["git", "tar", "file", "package"] as const;

/** A line `<name> <type> <destination> <location> [<ref>]`. Words are as written: upstream lets the shell expand them. */
export interface SourceRepository {
  readonly name: Located<string>;
  /** One of `SOURCE_REPOSITORY_TYPES` when the line is right. */
  readonly type: Located<string> | undefined;
  readonly destination: Located<string> | undefined;
  /** The `<location>` word of the line, called so because every parsed item has a `location` of its own. */
  readonly url: Located<string> | undefined;
  readonly ref: Located<string> | undefined;
  /** Path of the file in the element. */
  readonly path: string;
  readonly file: RegularFile;
  /** The whole line. */
  readonly location: Location;
}

/** Lines of every `source-repository-*` file; blank lines and comments are left out, editor back-ups (`*~`) not read. */
export function parseSourceRepositories(element: Element): View<readonly SourceRepository[]> {
  const value: SourceRepository[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of element.files.keys()) {
    if (!/^source-repository-[^/]*$/.test(path) || path.endsWith("~")) continue;
    const file = metadataFile(element, path);
    if (file === undefined) continue;
    for (const line of strippedLines(textOf(element, file))) {
      if (line.text.startsWith("#")) continue;
      const repository = parseLine(line, path, file);
      value.push(repository);
      diagnostics.push(...complaints(element, repository));
    }
  }
  return { value, diagnostics };
}

function parseLine(line: TextLine, path: string, file: RegularFile): SourceRepository {
  const { source, start } = line.location;
  const words = repositoryWords(line.text).map((match) => ({
    value: match[0],
    location: { source, start: start + match.index, end: start + match.index + match[0].length },
  }));
  const [name, type, ...rest] = words;
  // As in upstream's pattern, the destination is optional and is told by its leading slash.
  const [destination, url, ref] = rest[0] && /^["']?[/$]/.test(rest[0].value) ? rest : [undefined, ...rest];
  return { name: name as Located<string>, type, destination, url, ref, path, file, location: line.location };
}

function complaints(element: Element, repository: SourceRepository): readonly Diagnostic[] {
  const { name, type, destination, url, location } = repository;
  const report = (message: string, help: string, at: Location): Diagnostic => ({
    code: "source-repository/syntax",
    severity: "error",
    message,
    help,
    element: element.name,
    location: at,
  });
  const help = "write <name> <type> <destination> <location> [<ref>]";
  if (type === undefined) return [report(`source repository "${name.value}" has no type`, help, location)];
  const known = SOURCE_REPOSITORY_TYPES.some((legal) => legal === type.value) || type.value.includes("$");
  if (!known) {
    const legal = SOURCE_REPOSITORY_TYPES.join(", ");
    return [
      report(`unknown type "${type.value}" of source repository "${name.value}": use ${legal}`, help, type.location),
    ];
  }
  if (type.value === "package" || location.source.text.slice(location.start, location.end).includes("$")) return [];
  if (destination === undefined) {
    return [report(`source repository "${name.value}" has no absolute destination`, help, location)];
  }
  return url === undefined ? [report(`source repository "${name.value}" has no location`, help, location)] : [];
}
