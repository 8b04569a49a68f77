import { parseBlockDeviceGraph, planDisk, textOf } from "@dibkit/model";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "block-device-valid",
  summary: "block-device configurations can be made",
  why: "Upstream looks at the disk only after all packages are installed: a missing base or a wrong size costs the whole build.",
  upstream:
    "Errors appear after post-root.d, mostly as a Python traceback that hides the cause; misspelt keys are ignored.",
  fix: "Correct what the message names.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/block-device-default.yaml":
        "- local_loop:\n    name: image0\n- mkfs:\n    name: mkfs_root\n    base: imag0\n    type: ext4\n    mount:\n      mount_point: /\n",
    },
    good: {
      "web/block-device-default.yaml":
        "- local_loop:\n    name: image0\n- mkfs:\n    name: mkfs_root\n    base: image0\n    type: ext4\n    mount:\n      mount_point: /\n",
    },
  },
  *check({ element, views }) {
    for (const { file } of views.blockDevices.value) {
      const { config, diagnostics } = parseBlockDeviceGraph(textOf(element, file));
      const planned = config === undefined ? [] : planDisk(config).diagnostics;
      const told = new Set<string>();
      for (const { code: _parser, element: _element, ...finding } of [...diagnostics, ...planned]) {
        const key = `${finding.location?.start} ${finding.message}`;
        if (told.has(key)) continue;
        told.add(key);
        yield finding;
      }
    }
  },
});
