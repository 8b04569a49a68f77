import { parseBlockDeviceGraph, planDisk } from "@dibkit/model";
import { layoutVariable } from "../layout-variable.js";
import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "block-device-variable",
  summary: "DIB_BLOCK_DEVICE_CONFIG holds a block-device configuration that can be made",
  why: "The variable takes the place of every element's block-device file, and a mistake in it shows only after all packages are installed.",
  upstream: "The value is YAML, or file:// and the path of a file that has it; it is looked at after post-root.d.",
  fix: "Correct what the message names.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "disk/environment.d/10-disk":
        "export DIB_BLOCK_DEVICE_CONFIG='\n- local_loop:\n    name: image0\n- mkfs:\n    name: mkfs_root\n    base: imag0\n    type: ext4\n    mount:\n      mount_point: /\n'\n",
    },
    good: {
      "disk/environment.d/10-disk":
        "export DIB_BLOCK_DEVICE_CONFIG='\n- local_loop:\n    name: image0\n- mkfs:\n    name: mkfs_root\n    base: image0\n    type: ext4\n    mount:\n      mount_point: /\n'\n",
    },
  },
  *check(context) {
    const { focus, composition } = context;
    const variable = layoutVariable(context);
    if (variable === undefined || (focus !== undefined && focus !== variable.element)) return;
    const { source, element, file } = variable;
    const owner = element === undefined ? {} : { element: element.name };
    const where = element === undefined ? ` of image "${composition.name}"` : "";
    if (source === undefined) {
      const location = variable.at(undefined);
      yield {
        // It may be there where images are built.
        severity: "warning",
        ...owner,
        message: `the file "${file}" that DIB_BLOCK_DEVICE_CONFIG${where} names cannot be read here`,
        help: "give the path of a file that exists",
        ...(location && { location }),
      };
      return;
    }
    const { config, diagnostics } = parseBlockDeviceGraph(source);
    const all = config === undefined ? diagnostics : [...diagnostics, ...planDisk(config).diagnostics];
    const told = new Set<string>();
    for (const { code: _parser, element: _element, fix: _fix, location, related: _related, ...finding } of all) {
      const key = `${location?.start} ${finding.message}`;
      if (told.has(key)) continue;
      told.add(key);
      const shown = variable.at(location);
      const prefix = variable.prefix(location);
      const message = prefix === "" ? finding.message : `${prefix}${where}: ${finding.message}`;
      yield { ...owner, ...finding, message, ...(shown && { location: shown }) };
    }
  },
});
