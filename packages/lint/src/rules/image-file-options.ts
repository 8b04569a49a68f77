import { plainData } from "@dibkit/model";
import { defineImageFileRule } from "../rule.js";
import { quoted } from "../words.js";

export default defineImageFileRule({
  id: "image-file-options",
  summary: "options of image files are those that upstream's builder acts on",
  why: "Some documented options end every build of upstream, or make no image of the format they ask for. dibkit does what they say.",
  upstream:
    "disk-image-create does not know --mkfs-journal-size and --image-extra-size, loses its own settings with -c, and makes squashfs only when it is the first format, once for each format but tar.",
  fix: "Use the variable, leave the option out, or build the format in an image of its own; building with dibkit needs no change.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "images.yaml": "- imagename: web\n  elements: [vm]\n  image-extra-size: 512\n" },
    good: { "images.yaml": "- imagename: web\n  elements: [vm]\n  environment: { DIB_IMAGE_EXTRA_SIZE: '512' }\n" },
  },
  *check({ entries }) {
    for (const { fields } of entries) {
      for (const [option, variable] of Object.entries(REFUSED)) {
        const field = fields.get(option);
        if (field === undefined) continue;
        yield {
          message: `upstream's builder refuses "${option}" as an unknown option`,
          help: `set ${variable} in the environment`,
          location: field.keyLocation,
        };
      }
      const clear = fields.get("clear");
      if (clear !== undefined && plainData(clear.node) === true) {
        const message = 'with "clear" upstream\'s builder always fails: it clears its own settings too';
        yield { message, help: 'leave "clear" out', location: clear.keyLocation };
      }
      const types = fields.get("types");
      const formats = types === undefined ? [] : plainData(types.node);
      if (types !== undefined && Array.isArray(formats) && formats.includes("squashfs") && formats.length > 1) {
        // Each format but tar and aci makes upstream look at the first one again.
        const times = formats.filter((format) => format !== "tar" && format !== "aci").length;
        if (formats[0] === "squashfs" && times === 1) continue;
        const effect = formats[0] === "squashfs" ? `${times} times` : "not at all";
        yield {
          message: `of the formats ${quoted(formats.map(String))} upstream makes squashfs ${effect}`,
          help: "ask for squashfs in an image of its own",
          location: types.keyLocation,
        };
      }
    }
  },
});

const REFUSED = { "mkfs-journal-size": "DIB_JOURNAL_SIZE", "image-extra-size": "DIB_IMAGE_EXTRA_SIZE" };
