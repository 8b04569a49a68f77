import { distance } from "fastest-levenshtein";

/**
 * The candidate a person most likely meant by `name`, for "did you mean": at most a third of the letters differ (case
 * apart), or one is the other's beginning. Undefined when nothing is near.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const other = candidate.toLowerCase();
    const edits = distance(wanted, other);
    const near = edits <= Math.max(1, Math.floor(Math.max(wanted.length, other.length) / 3));
    const begins = Math.min(wanted.length, other.length) >= 4 && (other.startsWith(wanted) || wanted.startsWith(other));
    const score = near ? edits : begins ? edits + 100 : Number.POSITIVE_INFINITY;
    if (score < bestScore || (score === bestScore && best !== undefined && candidate < best)) {
      if (score === Number.POSITIVE_INFINITY) continue;
      best = candidate;
      bestScore = score;
    }
  }
  return best;
}

/** A candidate of the same letters, or with at most a fifth of them different: one that was surely meant. */
export function closeName(name: string, candidates: Iterable<string>): string | undefined {
  const nearest = nearestName(name, candidates);
  if (nearest === undefined) return undefined;
  const sameLetters = [...name].sort().join("") === [...nearest].sort().join("");
  return sameLetters || distance(name, nearest) <= Math.max(1, Math.floor(name.length / 5)) ? nearest : undefined;
}
