import { effectiveCommand } from "@dibkit/shell";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-policy-rc-d",
  summary: "scripts leave /usr/sbin/policy-rc.d to the operating-system element",
  why: "The Debian elements put policy-rc.d in place so that packages start no services, and fail at the end when it is gone.",
  upstream: "The file is made in root.d and removed in a later phase without a check.",
  fix: "Do not remove or replace the file.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nrm -f /usr/sbin/policy-rc.d\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nuptime\n" },
  },
  *check({ hookScripts, catalog, element }) {
    // The element that makes the file may remove it.
    const owner = [...element.files.keys()].some((path) => path.endsWith("policy-rc.d"));
    if (owner || catalog.elements.get("dpkg") === element) return;
    for (const file of hookScripts) {
      for (const command of file.shell.commands) {
        const { name, args } = effectiveCommand(command);
        if (name !== "rm" && name !== "mv") continue;
        const word = args.find((arg) => arg.literal === "/usr/sbin/policy-rc.d");
        if (word === undefined || file.phase?.side === "host") continue;
        yield {
          message: "policy-rc.d keeps packages from starting services during the build, and later phases expect it",
          help: "leave it in place",
          location: file.at(word),
        };
      }
    }
  },
});
