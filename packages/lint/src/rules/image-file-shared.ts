import { defineImageFileRule } from "../rule.js";

export default defineImageFileRule({
  id: "image-file-shared",
  summary: "an image adds nothing to a list that it shares with another image",
  why: "What is added to a list or mapping that two images have by one YAML anchor is added to both, so the other image gets elements that nobody gave it. dibkit keeps them apart.",
  upstream: "Entries of one imagename are merged in place: the list behind the anchor itself is extended.",
  fix: "Write the list out in one of the images.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "images.yaml":
        "- imagename: web\n  elements: &common [vm, base]\n- imagename: proxy\n  elements: *common\n- imagename: web\n  elements: [growroot]\n",
    },
    good: {
      "images.yaml":
        "- imagename: web\n  elements: [vm, base]\n- imagename: proxy\n  elements: [vm, base]\n- imagename: web\n  elements: [growroot]\n",
    },
  },
  *check({ entries }) {
    // The first value of an image is the one that later entries add to. An alias is where its anchor is.
    const base = new Map<string, { readonly name: string; readonly key: string; readonly start: number }>();
    for (const { name, fields } of entries) {
      for (const [key, { keyLocation, node }] of fields) {
        if (node.kind === "scalar") continue;
        const id = `${name}\0${key}`;
        const own = base.get(id);
        if (own === undefined) base.set(id, { name, key, start: node.location.start });
        const other = own && [...base.values()].find((one) => one !== own && one.start === own.start);
        if (other === undefined) continue;
        yield {
          message: `what is added to "${key}" of image "${name}" is added to "${other.key}" of image "${other.name}" too, which shares it by an alias`,
          help: "write the list out in one of the images",
          location: keyLocation,
        };
      }
    }
  },
});
