import { repositoryWords } from "../../views/repository-words.js";
import { alignItems } from "./align-items.js";
import { aboveWithComments, joinLines, type LayoutLine, layoutLines, newLine } from "./layout-lines.js";

/** A `source-repository-*` file with the repositories of another one. */
export function mergeRepositories(layout: string, wanted: string): string {
  const lines = layoutLines(layout);
  const usual = newLine("", lines);
  const places = lines.flatMap((line, index) => (wordsOf(line) === "" ? [] : [index]));
  const old = places.map((index) => wordsOf(lines[index] as LayoutLine));
  const repositories = layoutLines(wanted).map(wordsOf);
  const edits = alignItems(old.length, repositories.length, (a, b) => old[a] === repositories[b]);
  // From the end, so that the indexes of what comes before stay what they are.
  for (const [index, edit] of [...edits.entries()].toReversed()) {
    if (edit.kind === "add") {
      const before = edits.slice(0, index).findLast((each) => each.kind !== "add");
      const line = before === undefined ? (places[0] ?? lines.length) : (places[before.old] as number) + 1;
      lines.splice(line, 0, { ...usual, text: repositories[edit.wanted] as string });
      continue;
    }
    const line = places[edit.old] as number;
    const first = aboveWithComments(lines, line);
    if (edit.kind === "remove") lines.splice(first, line - first + 1);
    else if (old[edit.old] !== repositories[edit.wanted])
      lines[line] = { ...(lines[line] as LayoutLine), text: repositories[edit.wanted] as string };
  }
  return joinLines(lines);
}

function wordsOf({ text }: LayoutLine): string {
  return text.trim().startsWith("#")
    ? ""
    : repositoryWords(text)
        .map(([word]) => word)
        .join(" ");
}
