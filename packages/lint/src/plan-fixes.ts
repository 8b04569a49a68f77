import type { Diagnostic, FileEdit, Fix } from "@dibkit/model";

/** Fixes that can be applied together, and those that another one stood in the way of. */
export interface FixPlan {
  readonly fixes: readonly Fix[];
  readonly dropped: number;
}

/** Takes fixes in the order of the findings and drops any that touches what an earlier one touches. */
export function planFixes(diagnostics: readonly Diagnostic[], unsafe: boolean): FixPlan {
  const accepted: Fix[] = [];
  const edits: FileEdit[] = [];
  let dropped = 0;
  for (const { fix } of diagnostics) {
    if (fix === undefined || (!fix.safe && !unsafe)) continue;
    if (fix.edits.some((edit) => edits.some((other) => conflict(edit, other)))) {
      dropped += 1;
      continue;
    }
    accepted.push(fix);
    edits.push(...fix.edits);
  }
  return { fixes: accepted, dropped };
}

function conflict(a: FileEdit, b: FileEdit): boolean {
  if (a.path !== b.path) return (a.kind === "rename" && a.to === b.path) || (b.kind === "rename" && b.to === a.path);
  if (a.kind === "replace" && b.kind === "replace") {
    const both = a.start === b.start && a.end === b.end;
    return both || (a.start < b.end && b.start < a.end) || a.start === b.start;
  }
  // Mode bits do not stand in the way of a new content, but a file is removed or renamed by itself.
  return a.kind === b.kind || (a.kind !== "chmod" && b.kind !== "chmod");
}

/** The text after replacements that do not overlap. */
export function applyReplacements(
  text: string,
  edits: readonly { readonly start: number; readonly end: number; readonly text: string }[],
): string {
  let result = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
