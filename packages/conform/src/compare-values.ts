import type { Aspect, Difference } from "./difference.js";

/** Differences between two tables of values by name; `reasonFor` explains a difference where there is a reason. */
export function compareValues(
  aspect: Aspect,
  upstream: ReadonlyMap<string, string>,
  dibkit: ReadonlyMap<string, string>,
  reasonFor: (subject: string, upstream: string | null, dibkit: string | null) => string | undefined = () => undefined,
): readonly Difference[] {
  const subjects = [...new Set([...upstream.keys(), ...dibkit.keys()])].sort();
  return subjects.flatMap((subject) => {
    const theirs = upstream.get(subject) ?? null;
    const ours = dibkit.get(subject) ?? null;
    if (theirs === ours) return [];
    const reason = reasonFor(subject, theirs, ours);
    return [{ aspect, subject, upstream: theirs, dibkit: ours, ...(reason === undefined ? {} : { reason }) }];
  });
}
