import type { PhaseSide } from "@dibkit/model";
import { inheritedEnvironment } from "../plan/base-environment.js";

type Value = string | null;

interface Reason {
  readonly matches: (name: string, upstream: Value, dibkit: Value, side: PhaseSide) => boolean;
  readonly reason: string;
}

const VARIABLES: readonly Reason[] = [];

const OBSERVATIONS: readonly Reason[] = [];

/** Why a variable must or may differ; undefined when nobody knows. */
export function reasonForVariable(name: string, upstream: Value, dibkit: Value, side: PhaseSide): string | undefined {
  if (dibkit === null && !(name in inheritedEnvironment({ [name]: "" }, false))) {
    return "a variable of the caller's session, which dibkit keeps from scripts";
  }
  return VARIABLES.find(({ matches }) => matches(name, upstream, dibkit, side))?.reason;
}

/** Why something else that a script sees must or may differ; undefined when nobody knows. */
export function reasonForObservation(
  what: string,
  upstream: Value,
  dibkit: Value,
  side: PhaseSide,
): string | undefined {
  return OBSERVATIONS.find(({ matches }) => matches(what, upstream, dibkit, side))?.reason;
}
