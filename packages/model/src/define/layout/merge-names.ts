import { strippedLines } from "../../views/text-lines.js";
import { joinLines, type LayoutLine, layoutLines, newLine } from "./layout-lines.js";

/**
 * `element-deps` or `element-provides` with the names of another one: lines of other names go, missing names come where
 * they sort, or at the end of a list that is not sorted. What cannot be a name in a definition stays.
 */
export function mergeNames(layout: string, wanted: string, canBeWanted: (name: string) => boolean): string {
  const names = new Set(namesIn(wanted));
  const lines = layoutLines(layout).filter(({ text }) =>
    namesIn(text).every((name) => names.has(name) || !canBeWanted(name)),
  );
  const present = lines.flatMap(({ text }) => namesIn(text)).filter((name) => names.has(name));
  const sorted = present.every((name, index) => index === 0 || (present[index - 1] as string) <= name);
  for (const name of names) {
    if (present.includes(name)) continue;
    lines.splice(sorted ? sortedIndex(lines, name, names) : lines.length, 0, newLine(name, lines));
  }
  return joinLines(lines);
}

/** Before the first greater name, else after the last one. */
function sortedIndex(lines: readonly LayoutLine[], name: string, names: ReadonlySet<string>): number {
  const nameAt = (line: LayoutLine) => namesIn(line.text).find((each) => names.has(each));
  const greater = lines.findIndex((line) => (nameAt(line) ?? "") > name);
  return greater === -1 ? lines.findLastIndex((line) => nameAt(line) !== undefined) + 1 || lines.length : greater;
}

function namesIn(text: string): readonly string[] {
  return strippedLines({ path: "", text }).map((line) => line.text);
}
