import {
  checkSchema,
  type Diagnostic,
  err,
  type LockDocument,
  ok,
  parseJsonText,
  plainData,
  type Result,
} from "@dibkit/model";
import type { LockedRequest } from "@dibkit/runner";

/** Of an image with tens of thousands of packages. */
const LIMIT = 64 << 20;

const REMEDY =
  'take it as it was from your version control, or write it anew with "dibkit lock" after removing the file';

/** Reads a lock; what is wrong with it is told with its line. `path` is as the user should see it. */
export function parseLock(path: string, text: string): Result<LockDocument, readonly Diagnostic[]> {
  const conflict = /^(<{7}|={7}|>{7})( |$)/m.exec(text);
  if (conflict !== null) {
    const start = conflict.index;
    const location = { source: { path, text }, start, end: start + conflict[0].trimEnd().length };
    const message = "a merge has left both sides of a conflict here";
    const help = "keep the lines of both sides, each in its order, and remove the marks; then run dibkit lock --update";
    return err([{ code: "schema/lock", severity: "error", message, help, location }]);
  }
  const { root, diagnostics } = parseJsonText({ path, text }, LIMIT);
  const found =
    root === undefined || diagnostics.length > 0
      ? diagnostics
      : checkSchema("lock", root, "").map(({ element: _element, ...diagnostic }) => diagnostic);
  if (found.length > 0 || root === undefined)
    return err(found.map((one) => ({ ...one, help: [one.help ?? [], REMEDY].flat().join("; ") })));
  return ok(plainData(root) as unknown as LockDocument);
}

/** Each thing is a line of its own, in an order that does not change, so that two branches seldom change the same one. */
export function renderLock(lock: LockDocument): string {
  const { version, image, elements, packages, sources, fetched } = lock;
  const parts = {
    version: String(version),
    image: JSON.stringify(image),
    elements: lines(
      "{}",
      Object.entries(elements).map(([name, sha256]) => `${JSON.stringify(name)}: ${JSON.stringify(sha256)}`),
    ),
    ...{ packages: list(packages), sources: list(sources), fetched: list(fetched) },
  };
  const members = Object.entries(parts).map(([name, text]) => `  ${JSON.stringify(name)}: ${text}`);
  return `{\n${members.join(",\n")}\n}\n`;
}

function list(values: readonly object[]): string {
  return lines(
    "[]",
    values.map((value) => JSON.stringify(value)),
  );
}

function lines([open, close]: string, entries: readonly string[]): string {
  return entries.length === 0 ? `${open}${close}` : `${open}\n    ${entries.join(",\n    ")}\n  ${close}`;
}

/** The requests of a lock with what it leaves out filled in. */
export function lockedRequests({ fetched }: Pick<LockDocument, "fetched">): readonly LockedRequest[] {
  return fetched.map((one) => ({ method: "GET", status: 200, ...one }));
}
