import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "image-operating-system",
  summary: "an image has an element that provides operating-system",
  why: "Without it there is no root filesystem to work on.",
  upstream: "disk-image-create refuses with an error before the first phase.",
  fix: "Add the element of a distribution, such as debian-minimal, to the image.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/README.rst": "x\n", "debian/element-provides": "operating-system\n", "base/README.rst": "x\n" },
    good: { "web/element-deps": "debian\n", "debian/element-provides": "operating-system\n", "base/README.rst": "x\n" },
    image: ["web"],
  },
  *check({ composition }) {
    for (const failure of composition.failures) {
      if (failure.kind === "no-operating-system") {
        yield { ...failure.diagnostic, message: `image "${composition.name}": ${failure.diagnostic.message}` };
      }
    }
  },
});
