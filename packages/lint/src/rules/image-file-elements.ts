import { defineImageFileRule } from "../rule.js";

export default defineImageFileRule({
  id: "image-file-elements",
  summary: "an image names each of its elements once",
  why: "Entries of one image are added together: an element that an earlier entry has already is probably meant to replace something, which cannot be done.",
  upstream: "Lists of entries with the same imagename are appended; nothing removes what is there twice.",
  fix: "Remove the second one.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: { "images.yaml": "- imagename: web\n  elements: [vm, base]\n- imagename: web\n  elements: [vm]\n" },
    good: { "images.yaml": "- imagename: web\n  elements: [vm, base]\n- imagename: web\n  elements: [growroot]\n" },
  },
  *check({ entries }) {
    const seen = new Map<string, Map<string, number>>();
    for (const { name, fields } of entries) {
      const known = seen.get(name) ?? new Map<string, number>();
      seen.set(name, known);
      const list = fields.get("elements")?.node;
      for (const { location, ...item } of list?.kind === "sequence" ? list.items : []) {
        if (item.kind !== "scalar") continue;
        const element = String(item.value);
        const before = known.get(element);
        known.set(element, location.start);
        // A list that is shared by an alias is written once.
        if (before === undefined || before === location.start) continue;
        yield {
          message: `image "${name}" names element "${element}" twice`,
          help: "remove one of them",
          location,
          related: [{ message: "named here before", location: { ...location, start: before, end: before } }],
        };
      }
    }
  },
});
