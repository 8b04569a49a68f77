import { type Location, viewsOf } from "@dibkit/model";
import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "svc-map-once",
  summary: "a service is mapped by one element of a build",
  why: "The maps of all elements are merged into one, which cannot hold two answers.",
  upstream: "The script that merges the maps ends the build when a service name occurs twice.",
  fix: "Keep the mapping in one element that the others depend on.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/element-deps": "proxy\n",
      "web/svc-map": "web:\n  default: nginx\n",
      "proxy/svc-map": "web:\n  default: apache2\n",
    },
    good: {
      "web/element-deps": "proxy\n",
      "web/svc-map": "web:\n  default: nginx\n",
      "proxy/svc-map": "proxy:\n  default: squid\n",
    },
  },
  *check({ composition, focus }) {
    const first = new Map<string, { readonly element: string; readonly location: Location }>();
    for (const { element } of composition.elements) {
      for (const { name, location } of viewsOf(element).svcMap.value?.entries ?? []) {
        const before = first.get(name);
        first.set(name, before ?? { element: element.name, location });
        if (before === undefined || before.element === element.name) continue;
        if (focus !== undefined && focus.name !== before.element && focus.name !== element.name) continue;
        yield {
          element: element.name,
          message: `service "${name}" is mapped by both "${before.element}" and "${element.name}"`,
          help: "keep the mapping in one of them",
          location,
          related: [{ message: `first mapped here by "${before.element}"`, location: before.location }],
        };
      }
    }
  },
});
