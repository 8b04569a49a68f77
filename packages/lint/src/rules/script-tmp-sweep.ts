import { effectiveCommand } from "@dibkit/shell";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-tmp-sweep",
  summary: "scripts do not empty /tmp",
  why: "While scripts run, /tmp of the image holds the hooks directory (/tmp/in_target.d, read-only) and the files of dib-run-parts; on the host it holds the build itself.",
  upstream: "/tmp of the image is emptied by the builder at the end.",
  fix: "Remove the files you made by their names, or leave it to the builder.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/finalise.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nrm -rf /tmp/*\n" },
    good: { "web/finalise.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nrm -rf /tmp/web\n" },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      for (const command of file.shell.commands) {
        const { name, args, through } = effectiveCommand(command);
        if (through.includes("chroot")) continue;
        const swept =
          name === "rm"
            ? args.find((arg) => /^\/tmp\/?(\*|\{.*)?$/.test(arg.literal ?? ""))
            : name === "find" && args.some((arg) => arg.literal === "-delete")
              ? args.find((arg) => /^\/tmp\/?$/.test(arg.literal ?? ""))
              : undefined;
        if (swept === undefined) continue;
        const where =
          file.phase?.side === "host"
            ? "the build host, where the build itself lies"
            : "the image, where the hooks directory is mounted";
        yield {
          message: `"${swept.literal}" is /tmp of ${where}`,
          help: "remove only what the script made",
          location: file.at(swept),
        };
      }
    }
  },
});
