import { PHASES } from "@dibkit/model";
import { defineRule } from "../rule.js";

/** dib-lint looks at these directories; `finalise.d` is among them although it runs in the target. */
const CHECKED: readonly string[] = [
  ...PHASES.filter((phase) => phase.side === "host").map((phase) => phase.name),
  "finalise.d",
];
const SAFE = /^\s*#|install-packages|TARGET_ROOT|IMAGE_BLOCK_DEVICE|TMP_MOUNT_PATH|TMP_IMAGE_PATH/;

export default defineRule({
  id: "script-sudo",
  summary: "sudo in host phases works on the image",
  why: "These scripts run on the build host: a command with sudo that does not name the image may change the host.",
  upstream:
    "dib-lint reports lines with `sudo ` that have none of TARGET_ROOT, TMP_MOUNT_PATH, TMP_IMAGE_PATH, IMAGE_BLOCK_DEVICE or install-packages.",
  fix: "Name the image in the command; where the command is safe, end the line with `# dib-lint: safe_sudo` or `# dibkit: disable=script-sudo -- reason`.",
  severity: "warning",
  since: "0.1.0",
  dibLint: ["safe_sudo"],
  examples: {
    bad: { "web/cleanup.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsudo systemctl restart nginx\n" },
    good: { "web/cleanup.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\nsudo rm -f $TARGET_ROOT/etc/web\n" },
  },
  *check({ textFiles }) {
    for (const file of textFiles) {
      if (!CHECKED.includes(file.path.split("/")[0] as string) || !file.path.includes("/")) continue;
      for (const { text, start } of joinedLines(file.source.text)) {
        const found = text.indexOf("sudo ");
        if (found === -1 || SAFE.test(text)) continue;
        yield {
          message: "`sudo` is used on the build host, and the command does not name the image",
          help: "name the image ($TARGET_ROOT, $TMP_MOUNT_PATH), or say that it is safe: # dib-lint: safe_sudo",
          location: file.at({ start: start + found, end: start + found + "sudo".length }),
        };
      }
    }
  },
});

/** Lines as dib-lint reads them: one that ends with a backslash goes on with the next. */
function joinedLines(text: string): readonly { readonly text: string; readonly start: number }[] {
  return [...text.matchAll(/(?:[^\\\n]|\\[\s\S])+/g)].map((match) => ({ text: match[0], start: match.index }));
}
