import { type Catalog, compareEnvironmentFiles, type Element } from "@dibkit/model";
import type { BuildContext } from "../build-context.js";
import { exportsOf } from "../catalog-facts.js";
import { documentedVariables } from "../documented-variables.js";
import { setVariables } from "../known-variables.js";
import { defineGraphRule } from "../rule.js";
import { type System, systemsOf, systemsWith, systemsWithout } from "../systems.js";

/** Variables that every operating system sets in a file of its own, unless the caller has. */
const OF_SYSTEM: ReadonlySet<string> = new Set(["DISTRO_NAME", "DIB_RELEASE"]);

export default defineGraphRule({
  id: "env-read",
  summary: "environment.d files read variables that are set when they are sourced",
  why: "The files are sourced under `set -u`: one that reads a variable which nothing has set yet ends the build before the first script.",
  upstream:
    "dib-run-parts has `set -eu`, and sources the files in the order of their names; the operating-system element sets DISTRO_NAME and DIB_RELEASE in one of them.",
  fix: "Read the variable with a default (`${NAME:-…}`), or give the file a name that sorts later.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/environment.d/10-web": "export DIB_WEB_URL=https://$DIB_WEB_HOST/\n" },
    good: { "web/environment.d/10-web": "export DIB_WEB_URL=https://${DIB_WEB_HOST:-example.com}/\n" },
  },
  *check(context) {
    const { focus, composition, contextOf, facts, repository } = context;
    if (focus === undefined || contextOf(focus).environmentFiles.length === 0) return;
    const known = setVariables(context);
    const documented = documentedVariables(focus);
    for (const file of contextOf(focus).environmentFiles) {
      const { reads, assignments, dynamic, problems } = file.shell;
      if (dynamic || problems.length > 0) continue;
      const told = new Set<string>();
      for (const { name, kind, start, end, context: where } of reads) {
        if (kind !== "plain" || told.has(name)) continue;
        told.add(name);
        const own = assignments.some((made) => made.name === name);
        const guarded = reads.some((read) => read.name === name && read.kind !== "plain");
        const asked = file.shell.tests.some(({ operator, right }) => operator === "-v" && right.literal === name);
        // A function may never be called.
        if (own || guarded || asked || where.function !== undefined) continue;
        const location = file.at({ start, end });
        const later = OF_SYSTEM.has(name) ? laterSetter(context, focus, name, file.name) : undefined;
        if (later !== undefined) {
          yield {
            severity: "warning",
            message: `${file.path} reads "${name}", which environment.d/${later.file} of "${later.element}" sets only after it, unless the caller does`,
            help: `rename the file so that it sorts after "${later.file}", or give the variable a default`,
            location,
          };
        }
        if (known.has(name)) continue;
        const setters = (facts.exports.get(name) ?? []).map(({ element }) => element);
        if (systemsWithout(context, setters) !== "") continue;
        const mention = repository.mentionOf(name);
        if (mention?.how === "sets") continue;
        const outside = setters.find((element) => !composition.elements.some((one) => one.element === element));
        yield {
          ...((mention !== undefined || documented.has(name)) && { severity: "warning" as const }),
          message: `${file.path} reads "${name}", which nothing in the build sets: the build ends there`,
          help:
            outside === undefined
              ? `write \${${name}:-…}`
              : `depend on "${outside.name}", which sets it, or write \${${name}:-…}`,
          location,
        };
      }
    }
  },
});

/** A system on which the first file that sets the variable comes after this one. */
function laterSetter(
  { catalog, targets, composition }: BuildContext,
  focus: Element,
  name: string,
  reader: string,
): Setter | undefined {
  // What is itself part of a system knows the order of that system.
  const part = systemsWith(catalog, focus.name);
  const systems = part.length > 0 ? part : systemsOf(catalog, targets);
  const own = firstSetter(
    composition.elements.map(({ element }) => element),
    name,
  );
  for (const system of systems) {
    const first = earlier(own, firstSetterOf(catalog, system, name));
    if (first !== undefined && compareEnvironmentFiles(first.file, reader) > 0) return first;
  }
  return undefined;
}

/** A file of environment.d, and whose it is. */
interface Setter {
  readonly file: string;
  readonly element: string;
}

const settersBySystem = new WeakMap<System, Map<string, Setter | undefined>>();

/** The same for every element that is built on the system. */
function firstSetterOf(catalog: Catalog, system: System, name: string): Setter | undefined {
  const known = settersBySystem.get(system) ?? new Map<string, Setter | undefined>();
  settersBySystem.set(system, known);
  if (!known.has(name)) {
    const elements = [...system.names].flatMap((one) => catalog.elements.get(one) ?? []);
    known.set(name, firstSetter(elements, name));
  }
  return known.get(name);
}

function firstSetter(elements: readonly Element[], name: string): Setter | undefined {
  let first: Setter | undefined;
  for (const element of elements) {
    for (const [exported, { location }] of exportsOf(element)) {
      if (exported !== name) continue;
      first = earlier(first, { file: location.source.path.replace(/^.*\//, ""), element: element.name });
    }
  }
  return first;
}

function earlier(a: Setter | undefined, b: Setter | undefined): Setter | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareEnvironmentFiles(a.file, b.file) <= 0 ? a : b;
}
