import { closeName, type Element } from "@dibkit/model";
import type { BuildContext } from "../build-context.js";
import { documentedVariables } from "../documented-variables.js";
import { setVariables } from "../known-variables.js";
import { defineGraphRule } from "../rule.js";
import type { ScriptFile } from "../script-file.js";
import { systemsWithout } from "../systems.js";

export default defineGraphRule({
  id: "env-set",
  summary: "variables that scripts need are set by something in the build",
  why: "With `set -u` a script ends at the first variable that nothing has set; without it the variable is empty.",
  upstream:
    "Scripts see what disk-image-create exports, what the environment.d files of the build's elements export, and the caller's environment.",
  // What a wrapper script of the repository sets, or its README tells users to set, comes from outside.
  fix: "Correct the name, give it a default (`${NAME:-…}`) or an `export` in environment.d, or list it under `variables` in the configuration when it comes from outside.",
  severity: "warning",
  since: "0.1.0",
  needsUpstream: true,
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\necho $DIB_WEB_ROOT\n" },
    good: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\necho $DIB_WEB_ROOT ${DIB_WEB_PORT:-80}\n",
      "web/environment.d/10-web": "export DIB_WEB_ROOT=${DIB_WEB_ROOT:-/srv}\n",
    },
  },
  *check(context) {
    const { composition, focus, facts, contextOf } = context;
    // An image brings nothing new: each of its elements is looked at by itself.
    if (focus === undefined) return;
    const known = setVariables(context);
    // `eval export …` in an environment file may set anything.
    const evaluates = ({ element }: { readonly element: Element }) =>
      contextOf(element).environmentFiles.some(({ shell }) =>
        shell.commands.some((command) => command.name?.literal === "eval"),
      );
    if (composition.elements.some(evaluates)) return;
    const documented = documentedVariables(focus);
    for (const script of contextOf(focus).hookScripts) {
      for (const [name, read] of needed(script)) {
        if (known.has(name) || documented.has(name)) continue;
        const setters = (facts.exports.get(name) ?? []).map((source) => source.element);
        // What some operating system sets, such as YUM, is read where there is that system.
        if (systemsWithout(context, setters) !== "") continue;
        if (isAskedFor(name, contextOf(focus).hookScripts)) continue;
        if (context.repository.mentionOf(name) !== undefined) continue;
        const meant = closeName(name, known);
        const inScript = script.phase && scriptThatSets(context, script, name);
        const advice =
          inScript !== undefined
            ? `export it in environment.d: scripts do not see what ${inScript} sets`
            : setters.length > 0
              ? `depend on "${setters[0]?.name}", which sets it`
              : "give it a default, or document it in README.rst when users must set it";
        yield {
          message: `${script.path} reads "${name}", which nothing in the build sets`,
          help: meant === undefined ? advice : `did you mean "${meant}"? if not, ${advice}`,
          location: script.at(read),
        };
      }
    }
  },
});

/** Whether a script of the element looks if users have set the variable: then its authors know that it may be missing. */
function isAskedFor(name: string, scripts: readonly ScriptFile[]): boolean {
  return scripts.some(({ source, shell }) => {
    if (!source.text.includes(name)) return false;
    if (shell.reads.some((read) => read.name === name && read.kind !== "plain" && read.kind !== "arithmetic"))
      return true;
    return new RegExp(`(\\[|\\btest)\\s+(!\\s+)?-[nz]\\s+"?\\$\\{?${name}\\b`).test(source.text);
  });
}

/** Another script of the build that sets the variable, for itself only. */
function scriptThatSets(
  { composition, contextOf }: BuildContext,
  reader: ScriptFile,
  name: string,
): string | undefined {
  for (const { element } of composition.elements) {
    for (const script of contextOf(element).hookScripts) {
      if (script.source === reader.source || !script.source.text.includes(name)) continue;
      const sets = script.shell.assignments.some((made) => made.name === name && made.exported);
      if (sets) return `${script.path} of element "${element.name}"`;
    }
  }
  return undefined;
}

/** Variables that a script cannot do without, and the first place that reads each. */
function needed(script: ScriptFile): ReadonlyMap<string, { readonly start: number; readonly end: number }> {
  const { shell } = script;
  const found = new Map<string, { readonly start: number; readonly end: number }>();
  // A sourced file or eval may set anything.
  if (shell.dynamic || shell.problems.length > 0) return found;
  if (!shell.options.some((option) => option.option === "nounset" && option.on)) return found;
  const own = new Set(shell.assignments.map((made) => made.name));
  const guarded = new Set(
    shell.reads.filter((read) => read.kind !== "plain" && read.kind !== "arithmetic").map((read) => read.name),
  );
  for (const read of shell.reads) {
    if (read.kind !== "plain" || own.has(read.name) || guarded.has(read.name) || found.has(read.name)) continue;
    found.set(read.name, read);
  }
  return found;
}
