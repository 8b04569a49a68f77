import { findPhase, PHASES } from "@dibkit/model";
import { defineRule } from "../rule.js";

/** Variables that are there from a phase on. */
const FROM: Readonly<Record<string, string>> = {
  IMAGE_BLOCK_DEVICE: "pre-finalise.d",
  IMAGE_BLOCK_DEVICES: "pre-finalise.d",
  IMAGE_BLOCK_DEVICE_WITHOUT_PART: "pre-finalise.d",
  DIB_MOUNTPOINTS: "pre-finalise.d",
  TMP_IMAGE_DIR: "block-device.d",
};

export default defineRule({
  id: "script-phase-variable",
  summary: "variables about the disk are read when there is one",
  why: "The disk is made after post-root.d: in an earlier phase IMAGE_BLOCK_DEVICE is not set, and `set -u` ends the script.",
  upstream: "disk-image-create exports the variables when the block device has been made, before pre-finalise.d.",
  fix: "Move the script to pre-finalise.d or finalise.d, or read the variable with a default.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/install.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ngrub-install $IMAGE_BLOCK_DEVICE\n",
    },
    good: {
      "web/finalise.d/50-web": "#!/bin/bash\nset -eu\nset -o pipefail\ngrub-install $IMAGE_BLOCK_DEVICE\n",
    },
  },
  *check({ hookScripts }) {
    for (const file of hookScripts) {
      const { phase, shell } = file;
      if (phase === undefined) continue;
      const told = new Set<string>();
      for (const { name, kind, start, end } of shell.reads) {
        const from = Object.hasOwn(FROM, name) ? FROM[name] : undefined;
        if (from === undefined || kind !== "plain" || told.has(name) || orderOf(phase.name) >= orderOf(from)) continue;
        const set = shell.assignments.some((made) => made.name === name);
        const guarded = shell.reads.some((read) => read.name === name && read.kind !== "plain");
        if (set || guarded) continue;
        told.add(name);
        yield {
          ...(shell.dynamic && { severity: "warning" as const }),
          message: `${name} is not set in ${phase.name}, only from ${from} on`,
          help: `move the script to ${from} or finalise.d`,
          location: file.at({ start, end }),
        };
      }
    }
  },
});

function orderOf(name: string): number {
  return PHASES.findIndex((phase) => phase.name === findPhase(name)?.name);
}
