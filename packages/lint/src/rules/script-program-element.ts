import { type Element, viewsOf } from "@dibkit/model";
import { effectiveCommand } from "@dibkit/shell";
import type { BuildContext } from "../build-context.js";
import { elementPrograms } from "../element-programs.js";
import { defineGraphRule, type Finding } from "../rule.js";
import type { ScriptFile } from "../script-file.js";
import { reachedFrom, systemsOf, systemsWith, systemsWithout } from "../systems.js";
import { enumerated } from "../words.js";

export default defineGraphRule({
  id: "script-program-element",
  summary: "programs of other elements come with a dependency on them",
  why: "`svc-map`, `cache-url` or `dib-python` are there only when their elements are in the image: without the dependency the script works in some builds and ends others.",
  upstream:
    "Programs lie in bin/ of the elements that bring them; dib-python makes /usr/bin/dib-python and sets DIB_PYTHON_VERSION, which `dib_python_version` of package-installs is compared with.",
  fix: "Add the element to element-deps.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsystemctl enable $(svc-map web)\n",
      "svc-map/bin/svc-map": "#!/usr/bin/python3\n",
    },
    good: {
      "web/element-deps": "svc-map\n",
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsystemctl enable $(svc-map web)\n",
      "svc-map/bin/svc-map": "#!/usr/bin/python3\n",
    },
  },
  *check(context) {
    const { focus, contextOf, catalog } = context;
    if (focus === undefined) return;
    const programs = elementPrograms(catalog);
    for (const file of contextOf(focus).hookScripts) {
      const told = new Set<string>();
      for (const command of file.shell.commands) {
        const { name: literal, word } = effectiveCommand(command);
        const written = word && file.source.text.slice(word.start, word.end);
        const name = literal?.replace(/^(\/usr\/local\/bin|\/tmp\/in_target\.d\/bin)\//, "") ?? hooksProgram(written);
        const owners = name === undefined ? undefined : programs.get(name);
        if (name === undefined || word === undefined || owners === undefined || told.has(name)) continue;
        // The bare name on the host is another rule's.
        if (file.phase?.side === "host" && literal !== undefined) continue;
        if (isAskedFor(file, name) || !isMissing(context, focus, owners)) continue;
        told.add(name);
        yield {
          message: `nothing that "${focus.name}" depends on brings "${name}"`,
          help: `add "${owners[0]?.name}" to element-deps`,
          location: file.at(word),
        };
      }
    }
    yield* withoutDibPython(context, focus);
  },
});

/** `$TMP_HOOKS_PATH/bin/cache-url`. */
function hooksProgram(written: string | undefined): string | undefined {
  return /^"?\$\{?TMP_HOOKS_PATH\}?"?\/bin\/([\w-]+)"?$/.exec(written ?? "")?.[1];
}

/** `if command -v svc-map`: the script works without it too. */
function isAskedFor({ shell }: ScriptFile, name: string): boolean {
  if (shell.functions.some((one) => one.name === name)) return true;
  return (
    shell.commands.some(
      (command) =>
        /^(command|type|which|hash)$/.test(command.name?.literal ?? "") &&
        command.args.some(({ literal }) => literal === name),
    ) ||
    shell.tests.some(({ operator, right }) => /^-[exf]$/.test(operator) && right.literal?.endsWith(`/${name}`) === true)
  );
}

function isMissing(context: BuildContext, focus: Element, owners: readonly Element[]): boolean {
  const { composition, catalog, targets } = context;
  if (composition.elements.some(({ element }) => owners.includes(element))) return false;
  if (owners.some(({ name }) => reachedFrom(catalog, "base").has(name))) return false;
  // What every package manager has in its own way, such as install-packages, is called where there is one.
  if (owners.length > 1) return systemsWithout(context, owners) === "";
  // What is part of a system, or named after one, is built on that.
  const part = systemsWith(catalog, focus.name);
  const named = systemsOf(catalog, targets).filter(({ distro }) => distro !== undefined && focus.name.includes(distro));
  const systems = part.length > 0 ? part : named.length > 0 ? named : systemsOf(catalog, targets);
  return systems.length === 0 || systems.some(({ names }) => !owners.some(({ name }) => names.has(name)));
}

function* withoutDibPython(context: BuildContext, focus: Element): Generator<Finding> {
  const owner = context.catalog.elements.get("dib-python");
  if (owner === undefined || owner === focus || !isMissing(context, focus, [owner])) return;
  for (const file of context.contextOf(focus).textFiles) {
    if (file.shebang === undefined || !/\bdib-python\b/.test(file.shebang)) continue;
    yield {
      message: `nothing that "${focus.name}" depends on brings "dib-python", which is to run ${file.path}`,
      help: 'add "dib-python" to element-deps, or write "#!/usr/bin/python3"',
      location: file.at({ start: 0, end: file.shebang.length }),
    };
  }
  const set = context.facts.exports.get("DIB_PYTHON_VERSION") ?? [];
  if (set.some(({ element }) => context.composition.elements.some((one) => one.element === element))) return;
  const limited = viewsOf(focus).packageInstalls.value.flatMap(({ name, alternatives }) => {
    const field = alternatives.map(({ fields }) => fields.get("dib_python_version")).find((one) => one !== undefined);
    return field === undefined ? [] : [{ name, location: field.keyLocation }];
  });
  const [first] = limited;
  if (first === undefined) return;
  const names = limited.map(({ name }) => name);
  yield {
    message: `${enumerated(names)} ${names.length === 1 ? "is" : "are"} never installed: nothing brings "dib-python", which sets the DIB_PYTHON_VERSION that is asked for`,
    help: 'add "dib-python" to element-deps, or remove "dib_python_version"',
    location: first.location,
  };
}
