import { compareEnvironmentFiles, viewsOf } from "@dibkit/model";
import { exportsOf } from "../catalog-facts.js";
import { setVariables } from "../known-variables.js";
import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "env-order",
  summary: "environment.d files read only variables that are set before them",
  why: "The files of all elements are sourced one after the other: a variable of a later one is not set yet.",
  upstream:
    "The files are sourced in the order of their names, compared byte by byte, whichever elements they are from.",
  fix: "Give the file that reads a name that sorts later, or read the variable with a default.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/element-deps": "site\n",
      "web/environment.d/10-web": "export DIB_WEB_URL=https://$DIB_SITE/\n",
      "site/environment.d/50-site": "export DIB_SITE=${DIB_SITE:-example.com}\n",
    },
    good: {
      "web/element-deps": "site\n",
      "web/environment.d/60-web": "export DIB_WEB_URL=https://$DIB_SITE/\n",
      "site/environment.d/50-site": "export DIB_SITE=${DIB_SITE:-example.com}\n",
    },
  },
  *check(context) {
    const { composition, focus, contextOf } = context;
    if (focus === undefined || viewsOf(focus).environment.value.length === 0) return;
    const setters = new Map<string, { readonly file: string; readonly element: string }[]>();
    for (const { element } of composition.elements) {
      for (const [name, { location }] of exportsOf(element)) {
        const file = location.source.path.slice(location.source.path.lastIndexOf("/") + 1);
        const known = setters.get(name);
        if (known) known.push({ file, element: element.name });
        else setters.set(name, [{ file, element: element.name }]);
      }
    }
    const fromOutside = setVariables({ ...context, composition: { ...composition, elements: [] } });
    for (const file of contextOf(focus).environmentFiles) {
      if (file.shell.dynamic || file.shell.problems.length > 0) continue;
      const own = new Set(file.shell.assignments.map(({ name }) => name));
      const guarded = new Set(file.shell.reads.filter(({ kind }) => kind !== "plain").map(({ name }) => name));
      const told = new Set<string>();
      for (const read of file.shell.reads) {
        const { name } = read;
        if (read.kind !== "plain" || own.has(name) || guarded.has(name) || fromOutside.has(name) || told.has(name))
          continue;
        const all = setters.get(name);
        const [first] = [...(all ?? [])].sort((a, b) => compareEnvironmentFiles(a.file, b.file));
        if (first === undefined || compareEnvironmentFiles(first.file, file.name) <= 0) continue;
        told.add(name);
        yield {
          message: `${file.path} reads "${name}", which environment.d/${first.file} of element "${first.element}" sets only after it`,
          help: `rename the file so that it sorts after "${first.file}", or give the variable a default`,
          location: file.at(read),
        };
      }
    }
  },
});
