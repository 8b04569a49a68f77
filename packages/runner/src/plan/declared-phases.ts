import { declaredPhases, type Phase } from "@dibkit/model";
import type { HooksTree } from "./hooks-tree.js";

/** By variable, the phases whose scripts read it, as far as every definition in TypeScript that sets it says so. */
export type DeclaredPhases = Readonly<Record<string, readonly string[]>>;

/** What the definitions of a build declare; on disk an element says nothing of it. */
export function declaredVariablePhases({ entries }: HooksTree): DeclaredPhases {
  const phases = new Map<string, readonly string[] | undefined>();
  for (const element of new Set([...entries.values()].map((entry) => entry.element))) {
    for (const [name, declared] of declaredPhases(element)) {
      const before = phases.has(name) ? phases.get(name) : [];
      phases.set(name, before && declared && [...before, ...declared]);
    }
  }
  return Object.fromEntries(
    [...phases].sort().flatMap(([name, declared]) => (declared ? [[name, [...new Set(declared)].sort()]] : [])),
  );
}

/** Names of the variables that only scripts of other phases read. */
export function variablesElsewhere(declared: DeclaredPhases | undefined, phase: Phase): readonly string[] {
  return Object.entries(declared ?? {}).flatMap(([name, phases]) => (phases.includes(phase.name) ? [] : [name]));
}
