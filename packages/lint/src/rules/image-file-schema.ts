import { checkSchema } from "@dibkit/model";
import { defineImageFileRule } from "../rule.js";
import { unquotedTexts } from "./image-file-quoted.js";

export default defineImageFileRule({
  id: "image-file-schema",
  summary: "image files are lists of mappings with the keys that diskimage-builder knows",
  why: "A misspelt key or a value of another type ends the command before the first image.",
  upstream:
    "diskimage-builder checks the file with a JSON schema that allows no other keys, and prints what the schema says.",
  fix: "Use the documented keys and values; the message lists them.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "images.yaml": "- imagename: web\n  element: [vm]\n" },
    good: { "images.yaml": "- imagename: web\n  elements: [vm]\n" },
  },
  *check(file) {
    if (file.root === undefined && file.diagnostics.length === 0) {
      const location = { source: file.source, start: 0, end: 0 };
      yield { message: "the file holds no list of images", help: "name at least one image", location };
    }
    const unquoted = unquotedTexts(file);
    const schema =
      file.root === undefined || file.diagnostics.length > 0 ? [] : checkSchema("image-file", file.root, "");
    for (const { code: _parser, element: _element, ...finding } of [...file.diagnostics, ...schema]) {
      if (!unquoted.some(({ location }) => location.start === finding.location?.start)) yield finding;
    }
  },
});
