import { effectiveCommand, onlyVariable } from "@dibkit/shell";
import { documentedVariables } from "../documented-variables.js";
import { setVariables } from "../known-variables.js";
import { defineGraphRule } from "../rule.js";
import { needsVariables } from "../shell-files.js";
import { systemsWith, systemsWithout } from "../systems.js";

export default defineGraphRule({
  id: "script-command-variable",
  summary: "variables that are run as commands are set",
  why: "Where `$YUM` is not set, `$YUM install web` runs a program called `install` with the argument `web`, or nothing at all.",
  upstream: "Some operating-system elements export YUM; others do not.",
  fix: "Export the variable in environment.d, or depend on the element that does.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -e\n${WEB_TOOL} install pages\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -e\nWEB_TOOL=/usr/bin/web\n${WEB_TOOL} install pages\n" },
  },
  *check(context) {
    const { focus, contextOf, facts, repository } = context;
    if (focus === undefined) return;
    // What is itself part of a system is not built on the others.
    if (systemsWith(context.catalog, focus.name).length > 0) return;
    let known: ReadonlySet<string> | undefined;
    for (const file of contextOf(focus).hookScripts) {
      const { shell } = file;
      if (shell.dynamic || shell.problems.length > 0) continue;
      const told = new Set<string>();
      for (const command of shell.commands) {
        const { word } = effectiveCommand(command);
        const name = word && onlyVariable(file.source.text.slice(word.start, word.end));
        if (word === undefined || name === undefined || told.has(name)) continue;
        if (shell.assignments.some((made) => made.name === name)) continue;
        // Whoever reads it with a default, or asks for it, has thought of it.
        if (shell.reads.some((read) => read.name === name && read.kind !== "plain")) continue;
        if (shell.tests.some(({ left, right }) => [left, right].some((side) => side?.variables.includes(name))))
          continue;
        known ??= setVariables(context);
        if (known.has(name) || documentedVariables(focus).has(name)) continue;
        const setters = (facts.exports.get(name) ?? []).map(({ element }) => element);
        const where = systemsWithout(context, setters);
        // With `set -u`, env-set speaks of what nothing sets anywhere.
        if (where === undefined || (where === "" && needsVariables(file))) continue;
        if (repository.mentionOf(name) !== undefined) continue;
        // A script for one family of systems is not run on the others.
        if (where !== "" && command.context.given.some(({ variable }) => variable === "DISTRO_NAME")) continue;
        told.add(name);
        yield {
          message: `"${name}" is run as a command, but nothing in the build sets it${where}`,
          help:
            setters[0] === undefined
              ? "set it, or write the command itself"
              : `depend on "${setters[0].name}", which sets it`,
          location: file.at(word),
        };
      }
    }
  },
});
