import { findPhase, PHASES } from "@dibkit/model";
import { effectiveCommand } from "@dibkit/shell";
import { defineGraphRule } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

export default defineGraphRule({
  id: "script-lists-cleared",
  summary: "package lists are cleared after the last installation",
  why: "When a script empties /var/lib/apt/lists, every later apt-get install fails: boot loaders are installed as late as finalise.d.",
  upstream: "Element bootloader installs packages in finalise.d; element dpkg clears its caches at the end by itself.",
  fix: "Clear the lists in a later phase, or leave it to the builder.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/element-deps": "boot\n",
      "web/install.d/90-clean": "#!/bin/bash\nset -eu\nset -o pipefail\nrm -rf /var/lib/apt/lists/*\n",
      "boot/finalise.d/50-boot": "#!/bin/bash\nset -eu\nset -o pipefail\napt-get install -y grub-pc\n",
    },
    good: {
      "web/element-deps": "boot\n",
      "web/finalise.d/90-clean": "#!/bin/bash\nset -eu\nset -o pipefail\nrm -rf /var/lib/apt/lists/*\n",
      "boot/finalise.d/50-boot": "#!/bin/bash\nset -eu\nset -o pipefail\napt-get install -y grub-pc\n",
    },
  },
  *check({ composition, focus, contextOf }) {
    const cleaners = composition.elements.filter(({ element }) => focus === undefined || focus === element);
    const clearing = cleaners.flatMap(({ element }) =>
      contextOf(element).hookScripts.flatMap((script) => {
        if (script.phase?.side !== "target" || !script.source.text.includes("/var/lib/apt/lists")) return [];
        const command = script.shell.commands.find(clearsLists);
        return command === undefined ? [] : [{ element, script, order: orderOf(script), command }];
      }),
    );
    if (clearing.length === 0) return;
    const scripts = composition.elements.flatMap(({ element }) =>
      contextOf(element).hookScripts.map((script) => ({ element, script, order: orderOf(script) })),
    );
    for (const { element, script, order, command } of clearing) {
      // Whoever fetches the lists again may install.
      const later = scripts.find(
        (other) => compare(other.order, order) > 0 && installs(other.script) && !updates(other.script),
      );
      if (later === undefined) continue;
      yield {
        element: element.name,
        message: `the package lists are removed in ${script.path}, but ${later.script.path} of element "${later.element.name}" installs packages after that`,
        help: "remove them later, or leave it to the builder",
        location: script.at(command),
        related: [
          { message: "installs packages here", location: contextOf(later.element).locationOf(later.script.path) },
        ],
      };
    }
  },
});

function clearsLists(command: Parameters<typeof effectiveCommand>[0]): boolean {
  const { name, args } = effectiveCommand(command);
  return name === "rm" && args.some((arg) => arg.prefix.startsWith("/var/lib/apt/lists"));
}

function installs(script: ScriptFile): boolean {
  if (script.phase?.side !== "target" || !/install/.test(script.source.text)) return false;
  return script.shell.commands.some((command) => {
    const { name, args } = effectiveCommand(command);
    if (name === "install-packages") return !args.some((arg) => /^-(e|u|[a-z]*r)/.test(arg.literal ?? ""));
    return (name === "apt-get" || name === "apt") && args.some((arg) => arg.literal === "install");
  });
}

function updates(script: ScriptFile): boolean {
  return script.shell.commands.some((command) => {
    const { name, args } = effectiveCommand(command);
    return (
      (name === "apt-get" || name === "apt" || name === "install-packages") &&
      args.some((arg) => /^(update|-u)$/.test(arg.literal ?? ""))
    );
  });
}

function orderOf(script: ScriptFile): readonly [number, number] {
  const phase = findPhase(script.phase?.name ?? "");
  const number = Number.parseInt(script.name, 10);
  return [PHASES.findIndex((candidate) => candidate.name === phase?.name), Number.isNaN(number) ? 0 : number];
}

function compare(a: readonly [number, number], b: readonly [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}
