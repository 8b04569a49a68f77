import { ARCHITECTURES, nearestName } from "@dibkit/model";
import { defineRule } from "../rule.js";

/** What ARCH is on machines that call themselves otherwise. */
const OTHER_NAME: Readonly<Record<string, string>> = {
  x86_64: "amd64",
  aarch64: "arm64",
  ppc64le: "ppc64el",
  armv7l: "armhf",
  x86: "i386",
  i686: "i386",
};
const NAMES: readonly string[] = ["default", ...ARCHITECTURES];

export default defineRule({
  id: "block-device-name",
  summary: "block-device files are for `default` or an architecture",
  why: "The file is looked for as block-device-$ARCH.yaml, then as block-device-default.yaml: block-device-x86_64.yaml is never found, because ARCH is amd64 there.",
  upstream:
    "disk-image-create sets ARCH to amd64, arm64, armhf or ppc64el, and takes block-device-ppc64el.yaml for both names of that architecture.",
  fix: "Rename the file.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "disk/block-device-x86_64.yaml": "- local_loop:\n    name: image0\n" },
    good: { "disk/block-device-amd64.yaml": "- local_loop:\n    name: image0\n" },
  },
  *check({ element, locationOf, textFiles }) {
    for (const [path, entry] of element.files) {
      const [, name, suffix] = /^block-device-([^/]+)\.(yaml|yml|json)$/.exec(path) ?? [];
      if (name === undefined || entry.kind === "directory") continue;
      const other = Object.hasOwn(OTHER_NAME, name) ? OTHER_NAME[name] : undefined;
      const right = other === undefined && NAMES.includes(name);
      // A name of one's own may be what DIB_BLOCK_DEVICE_CONFIG is set to.
      const used = textFiles.some((file) => file.path !== path && file.source.text.includes(path));
      if (used || (right && suffix === "yaml")) continue;
      const meant = other ?? (right ? name : nearestName(name, NAMES));
      yield {
        ...(meant === undefined && { severity: "warning" as const }),
        message:
          other !== undefined
            ? `${path} is never used: ARCH is "${other}" there`
            : `${path} is never used: nothing looks for that name`,
        help: `rename it to "block-device-${meant ?? "default"}.yaml"`,
        location: locationOf(path),
      };
    }
  },
});
