import { nearestName, textOf } from "@dibkit/model";
import { documentedVariables } from "../documented-variables.js";
import { setVariables } from "../known-variables.js";
import { defineGraphRule } from "../rule.js";
import { systemsWithout } from "../systems.js";

export default defineGraphRule({
  id: "source-repository-variable",
  summary: "variables in source-repository files are set",
  why: "The lines are evaluated by a shell with `set -u`: a variable that nothing sets ends the build in extra-data.d.",
  upstream: "source-repositories runs `eval echo` on each line after all environment.d files were sourced.",
  fix: "Export a default in environment.d, or write `${NAME:-default}`.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/source-repository-web": "web git /opt/web https://example.com/web.git $DIB_WEB_REF\n" },
    good: {
      "web/source-repository-web": "web git /opt/web https://example.com/web.git $DIB_WEB_REF\n",
      "web/environment.d/10-web": "export DIB_WEB_REF=${DIB_WEB_REF:-main}\n",
    },
  },
  *check(context) {
    const { focus, facts } = context;
    if (focus === undefined) return;
    let known: ReadonlySet<string> | undefined;
    for (const file of focus.files.values()) {
      if (file.kind !== "file" || !/^source-repository-[^/]+$/.test(file.path)) continue;
      const source = textOf(focus, file);
      for (const { index, 0: line } of source.text.matchAll(/^(?!\s*#).*\$.*$/gm)) {
        const visible = line.replace(/'[^']*'|\\./g, (quoted) => " ".repeat(quoted.length));
        for (const read of visible.matchAll(/\$\{?([A-Za-z_]\w*)(\}|(?![\w:]|[-+=?#%/^,[]))/g)) {
          const name = read[1] as string;
          // An operator such as `:-` may give a value; others need the variable.
          const braced = read[0].startsWith("${");
          if (braced && read[2] !== "}") continue;
          known ??= setVariables(context);
          if (known.has(name)) continue;
          const setters = (facts.exports.get(name) ?? []).map(({ element }) => element);
          const where = systemsWithout(context, setters);
          if (where === undefined) continue;
          const mention = context.repository.mentionOf(name);
          if (mention?.how === "sets") continue;
          const documented = mention !== undefined || documentedVariables(focus).has(name);
          const meant = setters.length === 0 ? nearestName(name, known) : undefined;
          const start = index + read.index;
          yield {
            ...((documented || where !== "") && { severity: "warning" as const }),
            message: `the line reads "${name}", which nothing in the build sets${where}: the build ends there`,
            help:
              setters[0] !== undefined
                ? `depend on "${setters[0].name}", which sets it, or write \${${name}:-…}`
                : `export a default in environment.d, or write \${${name}:-…}${meant === undefined ? "" : `; or did you mean "${meant}"?`}`,
            location: { source, start, end: start + read[0].length },
          };
        }
      }
    }
  },
});
