import { type Diagnostic, parseBlockDeviceGraph, planDisk, type SourceText, textOf } from "@dibkit/model";
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
    const { value, diagnostics: unreadable } = views.blockDevices;
    for (const { file, root } of value) {
      const source = textOf(element, file);
      const syntax = unreadable.filter(({ code, location }) => code.startsWith("yaml/") && location?.source === source);
      // What is no YAML, or made to exhaust memory, has no graph.
      const found = syntax.length > 0 || root === undefined ? syntax : graphFindings(source);
      const told = new Set<string>();
      for (const { code: _parser, element: _element, ...finding } of found) {
        const key = `${finding.location?.start} ${finding.message}`;
        if (told.has(key)) continue;
        told.add(key);
        yield finding;
      }
    }
  },
});

function graphFindings(source: SourceText): readonly Diagnostic[] {
  const { config, diagnostics } = parseBlockDeviceGraph(source);
  return config === undefined ? diagnostics : [...diagnostics, ...planDisk(config).diagnostics];
}
