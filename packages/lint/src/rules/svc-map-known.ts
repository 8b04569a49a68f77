import { DISTRIBUTIONS, DISTRO_FAMILIES, nearestName } from "@dibkit/model";
import { defineRule } from "../rule.js";

export default defineRule({
  id: "svc-map-known",
  summary: "keys of svc-map are a distribution, a family or default",
  why: "A name under another key, such as `defalt`, is never used: the service keeps the name that the script asked for.",
  upstream: "svc-map looks for DISTRO_NAME, then for its family, then for `default`.",
  fix: "Correct the key.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: { "web/svc-map": "web:\n  defalt: nginx\n" },
    good: { "web/svc-map": "web:\n  default: nginx\n" },
  },
  *check({ views, targets }) {
    const known = new Set<string>([
      ...DISTRO_FAMILIES,
      "default",
      ...DISTRIBUTIONS,
      ...targets.map(({ distro }) => distro),
    ]);
    for (const { name, names } of views.svcMap.value?.entries ?? []) {
      for (const { key, location } of names) {
        if (known.has(key)) continue;
        const nearest = nearestName(key, known);
        yield {
          // A distribution of one's own may be called anything.
          ...(nearest === undefined && { severity: "warning" as const }),
          message: `"${key}" of service "${name}" is not a distribution, a family or "default", so it is never used`,
          help:
            nearest === undefined
              ? "use DISTRO_NAME of the system, its family, or default"
              : `did you mean "${nearest}"?`,
          location,
        };
      }
    }
  },
});
