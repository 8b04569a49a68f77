import { effectiveCommand } from "@dibkit/shell";
import { packagesOnHost } from "../host-changes.js";
import { defineRule } from "../rule.js";
import type { ScriptFile } from "../script-file.js";

export default defineRule({
  id: "script-host-packages",
  summary: "scripts of host phases install nothing on the build host",
  why: "In root.d, extra-data.d, pre-finalise.d and cleanup.d a package manager works on the build host unless it is told another root.",
  upstream: "The phases run on the host; install-packages is meant for target phases.",
  fix: "Install in a target phase through package-installs.yaml, or give the package manager the image's root.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/extra-data.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsudo apt-get install -y nginx\n" },
    good: {
      "web/extra-data.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\nsudo chroot $TMP_MOUNT_PATH apt-get install -y nginx\n",
    },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "host") continue;
      for (const command of file.shell.commands) {
        const effective = effectiveCommand(command);
        const changed = packagesOnHost(effective);
        if (changed === undefined || effective.word === undefined || isOfEnvironment(file)) continue;
        yield {
          message: `\`${changed.name} ${changed.verb}\` in ${file.phase.name} works on the build host`,
          help: "install in a target phase, or into the image's root",
          location: file.at(effective.word),
        };
      }
    }
  },
});

/** pip of an active virtual environment installs there. */
function isOfEnvironment(file: ScriptFile): boolean {
  return file.shell.sources.some(({ start, end }) => file.source.text.slice(start, end).includes("activate"));
}
