import { effectiveCommand } from "@dibkit/shell";
import { defineRule } from "../rule.js";

/** Places below which root owns the files. */
const OF_IMAGE = new Set(["TMP_MOUNT_PATH", "TARGET_ROOT"]);
const OF_ROOT = /^\/(etc|usr|var|opt|boot|root|lib|srv|bin|sbin|sys|proc\/sys)\//;

export default defineRule({
  id: "script-sudo-redirect",
  summary: "output goes into the image with the rights of root",
  why: "In `sudo echo x > $TMP_MOUNT_PATH/etc/f` the shell opens the file before sudo runs, with the rights of the user who builds: permission denied.",
  upstream: "Scripts of host phases run as the user who called disk-image-create.",
  fix: "Write `echo x | sudo tee $TMP_MOUNT_PATH/etc/f > /dev/null`, or `sudo sh -c '… > file'`.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/pre-finalise.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\nsudo echo web > $TMP_MOUNT_PATH/etc/hostname\n",
    },
    good: {
      "web/pre-finalise.d/50-web":
        "#!/bin/bash\nset -eu\nset -o pipefail\necho web | sudo tee $TMP_MOUNT_PATH/etc/hostname > /dev/null\n",
    },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "host") continue;
      const { commands, redirects } = file.shell;
      for (const { operator, target, start } of redirects) {
        if (!operator.startsWith(">") && operator !== "&>" && operator !== "&>>") continue;
        const inImage = target.variables[0] !== undefined && OF_IMAGE.has(target.variables[0]) && target.prefix === "";
        if (!inImage && !OF_ROOT.test(target.prefix)) continue;
        // The command that the redirection belongs to begins last before it, in the same line.
        const command = commands.findLast((one) => one.end <= start && one.context.substitution === false);
        const between = command && file.source.text.slice(command.end, start);
        if (
          command === undefined ||
          between === undefined ||
          /[\n;|&()]/.test(between.replace(/<<.*|[0-9]?>&[0-9]/g, ""))
        )
          continue;
        if (effectiveCommand(command).through[0] !== "sudo") continue;
        yield {
          message: "the redirection is not done by `sudo`: the file is opened with the rights of the user who builds",
          help: "pipe into `sudo tee FILE > /dev/null`",
          location: file.at({ start, end: target.end }),
        };
      }
    }
  },
});
