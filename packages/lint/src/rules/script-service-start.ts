import { effectiveCommand } from "@dibkit/shell";
import { defineRule } from "../rule.js";

const ACTIONS = ["start", "restart", "reload", "stop", "try-restart", "reload-or-restart"];

export default defineRule({
  id: "script-service-start",
  summary: "scripts of target phases start no services",
  why: "In the chroot no service manager runs: `systemctl start` fails, and a daemon that does start keeps the image's file system busy.",
  upstream: "Processes that are left in the chroot are killed before the image is unmounted.",
  fix: "Enable the service for the first boot: `systemctl enable NAME`.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsystemctl restart nginx\n" },
    good: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsystemctl enable nginx\n" },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "target") continue;
      for (const command of file.shell.commands) {
        const { name, args, word } = effectiveCommand(command);
        const operands = args.filter((arg) => !arg.prefix.startsWith("-")).map((arg) => arg.literal);
        const script = /^\/etc\/init\.d\//.test(name ?? "");
        const action = name === "systemctl" || script ? operands[0] : name === "service" ? operands[1] : undefined;
        if (word === undefined || action === undefined || !ACTIONS.includes(action)) continue;
        if (args.some((arg) => arg.literal === "--root" || arg.prefix.startsWith("--root="))) continue;
        // Whoever expects the failure has thought of it.
        if (command.context.tested) continue;
        yield {
          message: `\`${name} ${action}\` in ${file.phase.name}: no service manager runs inside the image while it is built`,
          help: "enable the service instead; it starts when the image boots",
          location: file.at(command),
        };
      }
    }
  },
});
