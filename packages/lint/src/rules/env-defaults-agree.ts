import { exportsOf } from "../catalog-facts.js";
import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "env-defaults-agree",
  summary: "elements of a build give a variable the same default",
  why: "The file whose name sorts first wins, so one of the elements works with a default that is not its own.",
  upstream:
    "environment.d files of all elements are sourced in the order of their names; `${X:-…}` keeps what is set already.",
  fix: "Leave the default to one element, and let the other depend on it.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "web/element-deps": "proxy\n",
      "web/environment.d/10-web": "export DIB_PORT=${DIB_PORT:-80}\n",
      "proxy/environment.d/10-proxy": "export DIB_PORT=${DIB_PORT:-3128}\n",
    },
    good: {
      "web/element-deps": "proxy\n",
      "web/environment.d/10-web": "export DIB_PORT=${DIB_PORT:-80}\n",
      "proxy/environment.d/10-proxy": "export DIB_PROXY_PORT=${DIB_PROXY_PORT:-3128}\n",
    },
  },
  *check({ composition, focus }) {
    const first = new Map<string, ReturnType<typeof exportsOf>[number][1]>();
    for (const { element } of composition.elements) {
      for (const [name, source] of exportsOf(element)) {
        // An element may refine its own default; computed values cannot be compared.
        if (source.value === undefined || !isDefault(source.location)) continue;
        const before = first.get(name);
        first.set(name, before ?? source);
        if (before === undefined || before.element === element || before.value === source.value) continue;
        if (focus !== undefined && focus !== element && focus !== before.element) continue;
        yield {
          element: element.name,
          message: `"${name}" defaults to "${source.value}" in element "${element.name}", but to "${before.value}" in "${before.element.name}"`,
          help: "leave the default to one of them",
          location: source.location,
          related: [{ message: `the other default, of "${before.element.name}"`, location: before.location }],
        };
      }
    }
  },
});

/** `export X=${X:-…}`; a plain assignment is meant to win. */
function isDefault({ source, start, end }: { source: { text: string }; start: number; end: number }): boolean {
  return source.text.slice(start, end).includes("${");
}
