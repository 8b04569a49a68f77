import type { Verdict } from "./bisect-trial.js";

/** Two neighbours, of which the first was good and the second bad; or the end that is not what it should be. */
export type RangeOutcome<T> =
  | { readonly lastGood: T; readonly firstBad: T }
  | { readonly end: "first" | "last"; readonly verdict: Verdict };

/**
 * Looks in halves for the first bad one of some candidates, of which the first must be good and the last bad. One that
 * cannot be tested is left out, and its neighbours are asked.
 */
export async function searchRange<T>(
  candidates: readonly [T, T, ...T[]],
  test: (candidate: T) => Promise<Verdict>,
): Promise<RangeOutcome<T>> {
  const first = await test(candidates[0]);
  if (first !== "good") return { end: "first", verdict: first };
  const last = await test(candidates.at(-1) as T);
  if (last !== "bad") return { end: "last", verdict: last };
  let range: readonly T[] = candidates;
  while (range.length > 2) {
    const middle = Math.floor(range.length / 2);
    const candidate = range[middle] as T;
    const verdict = await test(candidate);
    if (verdict === "good") range = range.slice(middle);
    else if (verdict === "bad") range = range.slice(0, middle + 1);
    else range = range.filter((_, index) => index !== middle);
  }
  return { lastGood: range[0] as T, firstBad: range[1] as T };
}
