import type { Diagnostic } from "@dibkit/model";
import { parse } from "@dibkit/shell";
import type { EnvironmentStage } from "./known-environment.js";

/** Variables that bash has without anybody having set them. */
const OF_BASH =
  /^(_|BASH.*|COMP_.*|COPROC|DIRSTACK|EPOCH.*|EUID|FUNCNAME|GROUPS|HOST(NAME|TYPE)|IFS|LINENO|MACHTYPE|OLDPWD|OPT(IND|ERR|ARG)|OSTYPE|PIPESTATUS|PPID|PS[1-4]|PWD|RANDOM|REPLY|SECONDS|SHELLOPTS|SHLVL|SRANDOM|UID|HISTCMD|COLUMNS|LINES)$/;

/**
 * Environment files that read what nothing before them sets: they are sourced under `set -u`, so the build ends in the
 * first phase. What may depend on a condition, and everything behind a file that takes in others, is left alone.
 */
export function checkEnvironment(stages: readonly EnvironmentStage[]): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const assigned = new Set<string>();
  for (const { path, element, source, before } of stages) {
    const { reads, assignments, tests, dynamic, problems } = parse(source);
    if (dynamic || problems.length > 0) return found;
    for (const { name } of assignments) assigned.add(name);
    const told = new Set<string>();
    for (const { name, kind, context, start, end } of reads) {
      if (kind !== "plain" || context.optional || context.function !== undefined || told.has(name)) continue;
      const guarded = reads.some((read) => read.name === name && read.kind !== "plain");
      const asked = tests.some(({ operator, right }) => operator === "-v" && right.literal === name);
      if (before.has(name) || assigned.has(name) || guarded || asked || OF_BASH.test(name)) continue;
      told.add(name);
      found.push({
        code: "environment-variable-unset",
        severity: "error",
        message: `${path} of element "${element.name}" reads "${name}", which nothing sets before it: the build ends there`,
        help: `set ${name} for this build, or write \${${name}:-…} in the file`,
        location: { source, start, end },
        element: element.name,
      });
    }
  }
  return found;
}
