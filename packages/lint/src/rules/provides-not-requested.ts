import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "provides-not-requested",
  summary: "an image does not request an element that another one provides",
  why: "The provider takes the place of the requested element, so one of the two wishes cannot be met.",
  upstream: "disk-image-create refuses with an error when an explicitly requested element is provided by another.",
  fix: "Do not request the element, or use an image without its provider.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "debian/element-provides": "operating-system\n",
      "slim-base/element-provides": "base\n",
      "base/README.rst": "x\n",
    },
    good: { "debian/element-provides": "operating-system\n", "slim-web/README.rst": "x\n", "base/README.rst": "x\n" },
    image: ["debian", "slim-base"],
  },
  *check({ composition }) {
    for (const failure of composition.failures) {
      if (failure.kind === "requested-but-provided") yield failure.diagnostic;
    }
  },
});
