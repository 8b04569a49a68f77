import { mustBeSet, viewsOf } from "@dibkit/model";
import { setVariables } from "../known-variables.js";
import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "env-required",
  summary: "an image sets the variables that its elements require",
  why: "What the README of an element calls required has no default: the build stops at the script that reads it, or makes an image without what the element is for.",
  upstream: "Nothing reads the README; the scripts find the variable empty or not set.",
  fix: "Set the variable in the image's environment, or list it under `variables` in the configuration when every build gets it from outside.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "debian/element-provides": "operating-system\n",
      "web/README.rst": "web\n===\n\nServes pages.\n\nDIB_WEB_SITE\n  :Required: Yes\n  :Description: The site.\n",
    },
    good: {
      "debian/element-provides": "operating-system\n",
      "web/README.rst":
        "web\n===\n\nServes pages.\n\nDIB_WEB_SITE\n  :Required: Yes\n  :Default: example.com\n  :Description: The site.\n",
    },
    image: ["debian", "web"],
  },
  *check(context) {
    const { composition } = context;
    if (composition.image === undefined) return;
    const known = setVariables(context);
    for (const { element } of composition.elements) {
      for (const variable of viewsOf(element).readme.value?.variables ?? []) {
        if (!mustBeSet(variable) || known.has(variable.name)) continue;
        yield {
          element: element.name,
          message: `element "${element.name}" requires "${variable.name}", which image "${composition.name}" does not set`,
          help: "set it in the image's environment",
          location: composition.image.locations?.get(element.name) ?? composition.image.location ?? variable.location,
        };
      }
    }
  },
});
