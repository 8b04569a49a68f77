import { err, ok, type Result, readJson } from "@dibkit/model";
import type { Aspect, Difference } from "./difference.js";

/** Why something differs between builds of different elements, as whoever compares them says. */
export interface GivenReason {
  readonly aspect: Aspect;
  /** Matches whole subjects. */
  readonly subject: RegExp;
  readonly reason: string;
}

const ASPECTS: readonly Aspect[] = [
  "tree",
  "packages",
  "fstab",
  "partitions",
  "filesystems",
  "beside",
  "environment",
  "observed",
];

/** Reads a JSON list of `{ "aspect", "subject", "reason" }`, where the subject is a regular expression. */
export function parseReasons(text: string): Result<readonly GivenReason[], string> {
  const read = readJson(text);
  if (!read.ok) return err(`is not JSON: ${read.error}`);
  const list = read.value;
  if (!Array.isArray(list)) return err("is not a list of reasons");
  const reasons: GivenReason[] = [];
  for (const [index, entry] of (list as readonly Readonly<Record<string, unknown>>[]).entries()) {
    const { aspect, subject, reason } = entry ?? {};
    if (!ASPECTS.includes(aspect as Aspect))
      return err(`has the aspect "${String(aspect)}" in entry ${index + 1}: it must be one of ${ASPECTS.join(", ")}`);
    if (typeof subject !== "string" || typeof reason !== "string")
      return err(`lacks the text of "subject" or "reason" in entry ${index + 1}`);
    try {
      reasons.push({ aspect: aspect as Aspect, subject: new RegExp(`^(?:${subject})$`), reason });
    } catch {
      return err(`has "${subject}" in entry ${index + 1}, which is not a regular expression`);
    }
  }
  return ok(reasons);
}

/** The differences with a reason for each that had none and is among those given. */
export function withGivenReasons(
  differences: readonly Difference[],
  given: readonly GivenReason[],
): readonly Difference[] {
  return differences.map((difference) => {
    if (difference.reason !== undefined) return difference;
    const { aspect, subject } = difference;
    const found = given.find((one) => one.aspect === aspect && one.subject.test(subject));
    return found === undefined ? difference : { ...difference, reason: found.reason };
  });
}
