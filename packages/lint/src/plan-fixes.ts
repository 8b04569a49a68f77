import type { Diagnostic, FileEdit, Fix } from "@dibkit/model";

/** Fixes that can be applied together, and those that another one stood in the way of. */
export interface FixPlan {
  readonly fixes: readonly Fix[];
  readonly dropped: number;
}

/** Takes fixes in the order of the findings and drops any that touches what an earlier one touches. */
export function planFixes(diagnostics: readonly Diagnostic[], unsafe: boolean): FixPlan {
  const accepted: Fix[] = [];
  const edits = new AcceptedEdits();
  let dropped = 0;
  for (const { fix } of diagnostics) {
    if (fix === undefined || (!fix.safe && !unsafe)) continue;
    if (fix.edits.some((edit) => edits.conflictWith(edit))) {
      dropped += 1;
      continue;
    }
    accepted.push(fix);
    for (const edit of fix.edits) edits.add(edit);
  }
  return { fixes: accepted, dropped };
}

type Replacement = Extract<FileEdit, { kind: "replace" }>;

interface EditsOfFile {
  /** Sorted by start; no two of them meet. */
  readonly replacements: Replacement[];
  readonly others: FileEdit[];
}

/** What is accepted so far, by file, as a damaged file can have a hundred thousand findings. */
class AcceptedEdits {
  readonly #byPath = new Map<string, EditsOfFile>();
  readonly #newNames = new Set<string>();

  add(edit: FileEdit): void {
    const known = this.#byPath.get(edit.path) ?? { replacements: [], others: [] };
    this.#byPath.set(edit.path, known);
    if (edit.kind === "replace") known.replacements.splice(indexFrom(known.replacements, edit.start), 0, edit);
    else known.others.push(edit);
    if (edit.kind === "rename") this.#newNames.add(edit.to);
  }

  conflictWith(edit: FileEdit): boolean {
    if (this.#newNames.has(edit.path) || (edit.kind === "rename" && this.#byPath.has(edit.to))) return true;
    const known = this.#byPath.get(edit.path);
    if (known === undefined) return false;
    // Mode bits do not stand in the way of a new content, but a file is removed or renamed by itself.
    const excludes = (other: FileEdit) => edit.kind === other.kind || (edit.kind !== "chmod" && other.kind !== "chmod");
    if (known.others.some(excludes)) return true;
    if (edit.kind !== "replace") return edit.kind !== "chmod" && known.replacements.length > 0;
    const at = indexFrom(known.replacements, edit.start);
    return [known.replacements[at - 1], known.replacements[at]].some(
      (other) => other && (other.start === edit.start || (other.start < edit.end && edit.start < other.end)),
    );
  }
}

/** Index of the first replacement that starts at an offset or after it. */
function indexFrom(replacements: readonly Replacement[], offset: number): number {
  let low = 0;
  let high = replacements.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((replacements[middle] as Replacement).start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
