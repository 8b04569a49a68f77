import type { Location } from "@dibkit/model";
import { replacement } from "../edits.js";
import type { ImageFileContext } from "../image-file.js";
import { defineImageFileRule } from "../rule.js";

const TEXTS = ["imagename", "logfile", "image-cache", "mkfs-options", "root-label", "ramdisk-element", "docker-target"];
const COLLECTIONS = ["environment", "qemu-img-options", "packages", "elements"];

export default defineImageFileRule({
  id: "image-file-quoted",
  summary: "variables and names in image files are texts",
  why: "YAML reads `DIB_IMAGE_SIZE: 10` as a number and `DIB_OFFLINE: yes` as a truth value, and diskimage-builder takes only texts.",
  upstream: "The command ends with the traceback of the schema library.",
  fix: "Write the value with quotes.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "images.yaml": "- imagename: web\n  elements: [vm]\n  environment:\n    DIB_IMAGE_SIZE: 10\n" },
    good: { "images.yaml": "- imagename: web\n  elements: [vm]\n  environment:\n    DIB_IMAGE_SIZE: '10'\n" },
  },
  *check(file) {
    for (const { name, location } of unquotedTexts(file)) {
      const written = location.source.text.slice(location.start, location.end);
      yield {
        message: `"${name}" is ${written} without quotes, which is not a text`,
        help: `write "${written}" with quotes`,
        location,
        fix: replacement("add quotes", true, location, `"${written}"`),
      };
    }
  },
});

/** Numbers, truth values and dates where texts are asked for. */
export function unquotedTexts({
  entries,
}: ImageFileContext): readonly { readonly name: string; readonly location: Location }[] {
  const found: { name: string; location: Location }[] = [];
  for (const { fields } of entries) {
    for (const [key, { node }] of fields) {
      const values = TEXTS.includes(key)
        ? [{ name: key, node }]
        : !COLLECTIONS.includes(key)
          ? []
          : node.kind === "sequence"
            ? node.items.map((item) => ({ name: key, node: item }))
            : node.kind === "mapping"
              ? node.entries.map((entry) => ({ name: entry.key, node: entry.node }))
              : [];
      for (const { name, node: value } of values) {
        const bare = value.kind === "scalar" && value.value !== null && typeof value.value !== "string";
        if (bare) found.push({ name, location: value.location });
      }
    }
  }
  return found;
}
