import { PHASES } from "@dibkit/model";
import { defineRule } from "../rule.js";
import { quoted } from "../words.js";

/** Directories of the build host that a script in the target cannot see. */
const HOST_PATHS = [
  "TARGET_ROOT",
  "TMP_MOUNT_PATH",
  "TMP_HOOKS_PATH",
  "TMP_BUILD_DIR",
  "TMP_IMAGE_DIR",
  "TMP_IMAGE_PATH",
];
const WITH_ROOT = PHASES.filter((phase) => phase.hasTargetRoot).map((phase) => phase.name);

export default defineRule({
  id: "script-host-variable",
  summary: "scripts use paths of the build host only where there are any",
  why: "TARGET_ROOT exists in root.d and cleanup.d only: elsewhere `set -u` ends the script. Other paths of the host are visible inside the image, but lead nowhere there.",
  upstream: "disk-image-create sets TARGET_ROOT for two phases, and passes its whole environment into the chroot.",
  fix: "In target phases use plain paths such as /etc; in other host phases use TMP_MOUNT_PATH.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ntouch $TARGET_ROOT/etc/web\n" },
    good: { "web/root.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ntouch $TARGET_ROOT/etc/web\n" },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      const { phase, shell } = file;
      if (phase === undefined) continue;
      const own = new Set(shell.assignments.map((made) => made.name));
      const guarded = new Set(shell.reads.filter((read) => read.kind !== "plain").map((read) => read.name));
      const told = new Set<string>();
      for (const read of shell.reads) {
        if (!HOST_PATHS.includes(read.name) || own.has(read.name) || guarded.has(read.name) || told.has(read.name))
          continue;
        // Who looks first whether there is a path has thought of both sides.
        if (new RegExp(`(\\[|\\btest)\\s[^\\n]*\\$\\{?${read.name}\\b`).test(file.source.text)) continue;
        if (phase.side === "host" && (read.name !== "TARGET_ROOT" || phase.hasTargetRoot)) continue;
        const root = read.name === "TARGET_ROOT";
        // A file that the script sources may set paths of its own.
        if (!root && shell.dynamic) continue;
        told.add(read.name);
        yield {
          ...(isCertain(read.name) && !shell.dynamic ? {} : { severity: "warning" as const }),
          message: root
            ? `TARGET_ROOT is not set in ${phase.name}, only in ${quoted(WITH_ROOT)}`
            : `${read.name} is a path of the build host, but ${phase.name} runs inside the image`,
          help: helpFor(read.name, phase.side),
          location: file.at(read),
        };
      }
    }
  },
});

/** Paths that are there on the host only, so that a script of the target surely misses what it looks for. */
function isCertain(name: string): boolean {
  return name === "TARGET_ROOT" || name === "TMP_MOUNT_PATH" || name === "TMP_HOOKS_PATH";
}

function helpFor(name: string, side: "host" | "target"): string {
  if (side === "host") return "use TMP_MOUNT_PATH";
  return name === "TMP_HOOKS_PATH"
    ? "use /tmp/in_target.d, where the hooks directory is inside the image"
    : "use the path inside the image, such as /etc";
}
