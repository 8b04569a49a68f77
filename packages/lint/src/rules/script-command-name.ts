import { nearestName } from "@dibkit/model";
import { effectiveCommand } from "@dibkit/shell";
import { elementPrograms } from "../element-programs.js";
import { lettersApart } from "../letters-apart.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-command-name",
  summary: "programs of elements are called by their names",
  why: "`install-package web` ends the build with `command not found`: the program is called install-packages.",
  upstream: "Elements bring programs such as install-packages, pkg-map and svc-map in their bin/.",
  fix: "Correct the name.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ninstall-package nginx\n",
      "dpkg/bin/install-packages": "#!/bin/bash\nset -eu\nset -o pipefail\n",
    },
    good: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ninstall-packages nginx\n",
      "dpkg/bin/install-packages": "#!/bin/bash\nset -eu\nset -o pipefail\n",
    },
  },
  *check({ hookScripts, catalog, element }) {
    const programs = elementPrograms(catalog);
    // What an upstream element brings is meant even where upstream is out of reach.
    const names = [...new Set([...programs.keys(), "install-packages", "pkg-map", "svc-map", "map-packages"])];
    const own = new Set([...element.files.keys()].map((path) => path.slice(path.lastIndexOf("/") + 1)));
    for (const file of hookScripts) {
      // What it sources may define functions.
      if (file.shell.dynamic) continue;
      const functions = new Set(file.shell.functions.map(({ name }) => name));
      for (const command of file.shell.commands) {
        const { name, word } = effectiveCommand(command);
        if (name === undefined || word === undefined || !/^[a-z][a-z_-]{5,}$/.test(name)) continue;
        if (names.includes(name) || functions.has(name) || own.has(name)) continue;
        const meant = nearestName(name, names);
        if (meant === undefined || !isSlip(name, meant)) continue;
        yield {
          message: `no element brings a program "${name}"`,
          help: `did you mean "${meant}"?`,
          location: file.at(word),
        };
      }
    }
  },
});

/** Signs between the words and the plural apart, or a letter or two of a long name. */
function isSlip(name: string, meant: string): boolean {
  const plain = (text: string) => text.replace(/[-_]|s\b|s(?=-)/g, "");
  if (plain(name) === plain(meant)) return true;
  return meant.length >= 10 && name[0] === meant[0] && lettersApart(name, meant) <= 2;
}
