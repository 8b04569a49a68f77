import { effectiveCommand } from "@dibkit/shell";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-sudo-in-target",
  summary: "scripts of target phases do without sudo",
  why: "They run as root already, and minimal images have no sudo: then the script ends there, which its first build shows.",
  upstream: "Target phases run in a chroot as root.",
  fix: "Remove `sudo`; to become another user, use `runuser -u USER --`.",
  severity: "info",
  since: "0.1.0",
  dibLint: ["safe_sudo"],
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsudo mkdir /srv/web\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nmkdir /srv/web\n" },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "target") continue;
      // `sudo -u` and `-i` mean another user, not root.
      const [first, ...more] = file.shell.commands.filter(
        (command) => effectiveCommand(command).through[0] === "sudo" && !command.args[0]?.literal?.startsWith("-"),
      );
      if (first?.name === undefined) continue;
      const times = more.length === 0 ? "" : `, ${more.length + 1} times`;
      yield {
        message: `\`sudo\` in ${file.path}${times}: ${file.phase.name} runs as root already`,
        help: more.length === 0 ? "remove it" : "remove it from all commands",
        location: file.at(first.name),
      };
    }
  },
});
