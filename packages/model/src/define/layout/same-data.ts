import type { PlainData } from "../../views/data-node.js";

/** Whether two values are equal, in whatever order their keys are. */
export function sameData(a: PlainData, b: PlainData): boolean {
  return equal(a, b, (value) => value);
}

/** As `sameData`, for package-installs: an empty entry and one without fields are the same. */
export function samePackages(a: PlainData, b: PlainData): boolean {
  return equal(a, b, (value) => value ?? {});
}

function equal(left: PlainData, right: PlainData, read: (value: PlainData) => PlainData): boolean {
  const [a, b] = [read(left), read(right)];
  if (a instanceof Date || b instanceof Date) return a instanceof Date && b instanceof Date && +a === +b;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  const [from, to] = [a, b] as unknown as readonly Readonly<Record<string, PlainData>>[];
  return (
    keys.length === others.length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(from?.[key] ?? null, to?.[key] ?? null, read))
  );
}
