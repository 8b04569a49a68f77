import { compareEnvironmentFiles, type Diagnostic, type SourceText, textOf } from "@dibkit/model";
import { evaluateExports, initShell, type KnownEnvironment, parse } from "@dibkit/shell";
import type { EnvironmentValues } from "../job/environment-values.js";
import type { HookEntry, HooksTree } from "./hooks-tree.js";

/** Variables that bash has without anybody having set them. */
const OF_BASH =
  /^(_|BASH.*|COMP_.*|COPROC|DIRSTACK|EPOCH.*|EUID|FUNCNAME|GROUPS|HOST(NAME|TYPE)|IFS|LINENO|MACHTYPE|OLDPWD|OPT(IND|ERR|ARG)|OSTYPE|PIPESTATUS|PPID|PS[1-4]|PWD|RANDOM|REPLY|SECONDS|SHELLOPTS|SHLVL|SRANDOM|UID|HISTCMD|COLUMNS|LINES)$/;

/** Environment files in the order in which dib-run-parts sources them. */
export function environmentFiles({ entries }: HooksTree): readonly HookEntry[] {
  return [...entries.values()]
    .filter(({ path }) => /^environment\.d\/[0-9A-Za-z_.-]+$/.test(path))
    .sort((a, b) => compareEnvironmentFiles(a.path, b.path));
}

/**
 * Environment files that read what nothing before them sets: they are sourced under `set -u`, so the build ends in the
 * first phase. What may depend on a condition, and everything behind a file that takes in others, is left alone.
 */
export async function checkEnvironment(hooks: HooksTree, base: EnvironmentValues): Promise<readonly Diagnostic[]> {
  await initShell();
  const found: Diagnostic[] = [];
  const assigned = new Set<string>();
  let known: KnownEnvironment = new Map<string, string | null>(Object.entries(base));
  for (const { element, file, path } of environmentFiles(hooks)) {
    if (file.kind !== "file") continue;
    const source: SourceText = {
      path: file.origin.kind === "disk" ? file.origin.path : path,
      text: textOf(element, file).text,
    };
    const { reads, assignments, tests, dynamic, problems } = parse(source);
    if (dynamic || problems.length > 0) return found;
    for (const { name } of assignments) assigned.add(name);
    const told = new Set<string>();
    for (const { name, kind, context, start, end } of reads) {
      if (kind !== "plain" || context.optional || context.function !== undefined || told.has(name)) continue;
      const guarded = reads.some((read) => read.name === name && read.kind !== "plain");
      const asked = tests.some(({ operator, right }) => operator === "-v" && right.literal === name);
      if (known.has(name) || assigned.has(name) || guarded || asked || OF_BASH.test(name)) continue;
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
    known = evaluateExports(textOf(element, file), known);
  }
  return found;
}
