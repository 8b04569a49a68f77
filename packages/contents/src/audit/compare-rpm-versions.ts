import { compareNumbers } from "./compare-debian-versions.js";

/** Orders versions as rpm does: `EPOCH:VERSION-RELEASE`; a release is compared only where both have one. */
export function compareRpmVersions(a: string, b: string): number {
  const [first, second] = [partsOf(a), partsOf(b)];
  const order = compareNumbers(first.epoch, second.epoch) || compareSegments(first.version, second.version);
  if (order !== 0 || first.release === undefined || second.release === undefined) return order;
  return compareSegments(first.release, second.release);
}

function partsOf(text: string) {
  const [, epoch = "0", version = "", release] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/s.exec(text.trim()) ?? [];
  return { epoch, version, release };
}

/** Runs of digits and of letters; whatever else separates them counts for nothing, but for `~` and `^`. */
function compareSegments(a: string, b: string): number {
  const [x, y] = [segments(a), segments(b)];
  for (let at = 0; ; at += 1) {
    const [one, other] = [x[at], y[at]];
    if (one === undefined && other === undefined) return 0;
    if (one === "~" || other === "~") {
      if (one !== other) return one === "~" ? -1 : 1;
    } else if (one === "^" || other === "^") {
      if (one !== other) return caret(one, other);
    } else if (one === undefined || other === undefined) {
      return one === undefined ? -1 : 1;
    } else {
      const [digits, others] = [/^\d/.test(one), /^\d/.test(other)];
      // A number is newer than letters.
      if (digits !== others) return digits ? 1 : -1;
      const order = digits ? compareNumbers(one, other) : one < other ? -1 : one > other ? 1 : 0;
      if (order !== 0) return order;
    }
  }
}

/** `1.0^x` is newer than `1.0`, and older than `1.0.1`. */
function caret(one: string | undefined, other: string | undefined): number {
  if (one === undefined) return -1;
  if (other === undefined) return 1;
  return one === "^" ? -1 : 1;
}

function segments(text: string): readonly string[] {
  return text.match(/\d+|[A-Za-z]+|~|\^/g) ?? [];
}
