import type { Catalog } from "@dibkit/model";
import { effectiveCommand } from "@dibkit/shell";
import { defineRule } from "../rule.js";

// Installed on hosts too, by upstream itself.
const ON_HOSTS: ReadonlySet<string> = new Set(["dib-run-parts", "element-info", "disk-image-create"]);

export default defineRule({
  id: "script-target-tool",
  summary: "scripts of host phases call no program that elements bring into the image",
  why: "What an element has in bin/ is installed inside the image: a script of root.d, extra-data.d, pre-finalise.d or cleanup.d does not find install-packages, pkg-map or svc-map.",
  upstream:
    "Element install-bin copies bin/ to /usr/local/bin of the image; on the host the files are in $TMP_HOOKS_PATH/bin, which is not on the PATH.",
  fix: "Move the call to a target phase, or give the whole path, $TMP_HOOKS_PATH/bin/….",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/extra-data.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nfetch-pages /srv\n",
      "fetcher/bin/fetch-pages": "#!/bin/bash\nset -eu\nset -o pipefail\n",
    },
    good: {
      "web/extra-data.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\n$TMP_HOOKS_PATH/bin/fetch-pages /srv\n",
      "fetcher/bin/fetch-pages": "#!/bin/bash\nset -eu\nset -o pipefail\n",
    },
  },
  *check({ hookScripts, catalog }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "host") continue;
      for (const command of file.shell.commands) {
        const { name, through, word } = effectiveCommand(command);
        const owner = name === undefined ? undefined : ownersOfPrograms(catalog).get(name);
        if (owner === undefined || word === undefined || through.includes("chroot")) continue;
        yield {
          message: `\`${name}\` of element "${owner}" is installed inside the image, but ${file.phase.name} runs on the build host`,
          help: `call it in a target phase, or as $TMP_HOOKS_PATH/bin/${name}`,
          location: file.at(word),
        };
      }
    }
  },
});

const programsByCatalog = new WeakMap<Catalog, ReadonlyMap<string, string>>();

/** Programs in bin/ of any element in reach, and one element that has each. */
function ownersOfPrograms(catalog: Catalog): ReadonlyMap<string, string> {
  const known = programsByCatalog.get(catalog);
  if (known) return known;
  const owners = new Map<string, string>();
  for (const element of catalog.elements.values()) {
    for (const path of element.files.keys()) {
      const name = /^bin\/([^/]+)$/.exec(path)?.[1];
      if (name !== undefined && !ON_HOSTS.has(name) && !owners.has(name)) owners.set(name, element.name);
    }
  }
  programsByCatalog.set(catalog, owners);
  return owners;
}
