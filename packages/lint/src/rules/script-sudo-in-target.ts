import { effectiveCommand } from "@dibkit/shell";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-sudo-in-target",
  summary: "scripts of target phases do without sudo",
  why: "They run as root already, and minimal images have no sudo.",
  upstream: "Target phases run in a chroot as root.",
  fix: "Remove `sudo`; to become another user, use `runuser -u USER --`.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsudo mkdir /srv/web\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nmkdir /srv/web\n" },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "target") continue;
      for (const command of file.shell.commands) {
        if (effectiveCommand(command).through[0] !== "sudo" || command.name === undefined) continue;
        // `sudo -u` and `-i` mean another user, not root.
        if (command.args[0]?.literal?.startsWith("-")) continue;
        yield {
          message: `\`sudo\` in ${file.phase.name}, which runs as root already`,
          help: "remove it",
          location: file.at(command.name),
        };
      }
    }
  },
});
