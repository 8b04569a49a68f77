import { effectiveCommand, type Word } from "@dibkit/shell";
import { changedOnHost, isOfHost } from "../host-changes.js";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "script-host-write",
  summary: "scripts of host phases write below the image or the build directory only",
  why: "In root.d, extra-data.d, post-root.d, block-device.d, pre-finalise.d and cleanup.d an absolute path is one of the build host: `rm -rf /var/cache/apt` empties the host's.",
  upstream: "The phases run on the host as the user who builds, with sudo at hand; nothing protects the host.",
  fix: "Begin the path with $TARGET_ROOT, $TMP_MOUNT_PATH or $TMP_BUILD_DIR, or move the script to a target phase.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/cleanup.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsudo rm -rf /var/cache/web\n" },
    good: { "web/cleanup.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsudo rm -rf $TARGET_ROOT/var/cache/web\n" },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      if (file.phase?.side !== "host") continue;
      for (const command of file.shell.commands) {
        const { name } = effectiveCommand(command);
        for (const word of changedOnHost(command)) {
          yield finding(`\`${name}\` changes "${shown(word)}" of the build host`, word);
        }
      }
      for (const { operator, target } of file.shell.redirects) {
        if (operator.startsWith(">") && isOfHost(target))
          yield finding(`output is written to "${shown(target)}" of the build host`, target);
      }

      function finding(message: string, word: Word) {
        const { name } = file.phase as { name: string };
        return {
          message: `${message}: ${name} runs there`,
          help: "begin the path with $TARGET_ROOT or $TMP_MOUNT_PATH",
          location: file.at(word),
        };
      }
    }
  },
});

function shown(word: Word): string {
  return word.literal ?? `${word.prefix}…`;
}
