import { createHash } from "node:crypto";
import { type Diagnostic, lineRange, positionAt } from "@dibkit/model";
import { shownPath } from "./placed.js";

/**
 * Names a finding across runs: by rule, file and the text of its line, not by the line's number, so that it stays the same
 * when something is inserted above. `seen` counts equal ones.
 */
export function fingerprint(diagnostic: Diagnostic, cwd: string, seen: Map<string, number>): string {
  const { location } = diagnostic;
  let line = "";
  if (location) {
    const range = lineRange(location.source, positionAt(location.source, location.start).line);
    line = location.source.text.slice(range.start, Math.min(range.end, range.start + 1_000)).trim();
  }
  const file = location ? shownPath(location.source.path, cwd) : "";
  const base = [diagnostic.code, file, line, diagnostic.message].join("\0");
  const count = seen.get(base) ?? 0;
  seen.set(base, count + 1);
  return createHash("sha256").update(`${base}\0${count}`).digest("hex").slice(0, 32);
}
