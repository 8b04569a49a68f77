import { inUserNamespace } from "@dibkit/exec";
import { findPhase } from "@dibkit/model";
import { compareValues } from "./compare-values.js";
import type { Difference } from "./difference.js";
import { reasonForObservation, reasonForVariable } from "./observation-reasons.js";
import type { Observations } from "./read-observations.js";

/** Differences between what scripts of each phase saw; `leftOut` tells variables that dibkit keeps from scripts. */
export function compareObservations(
  upstream: Observations,
  dibkit: Observations,
  leftOut: (variable: string) => boolean,
): readonly Difference[] {
  const inNamespace = inUserNamespace();
  return [
    ...compareValues("environment", upstream.environment, dibkit.environment, (subject, theirs, ours) => {
      const [phase, name] = split(subject);
      return reasonForVariable(name, theirs, ours, findPhase(phase)?.side ?? "host", leftOut);
    }),
    ...compareValues("observed", upstream.observed, dibkit.observed, (subject, theirs, ours) => {
      const [phase, what] = split(subject);
      return reasonForObservation(what, theirs, ours, findPhase(phase)?.side ?? "host", inNamespace);
    }),
  ];
}

function split(subject: string): readonly [string, string] {
  const space = subject.indexOf(" ");
  return [subject.slice(0, space), subject.slice(space + 1)];
}
