import { type Location, type SourceRepository, viewsOf } from "@dibkit/model";
import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "source-repository-destination",
  summary: "two source repositories do not share a destination",
  why: "The second one overwrites the first, or stops the build.",
  upstream:
    "Two git repositories with different locations end the build; a tar or file silently overwrites what is there, although the README promises an error.",
  fix: "Give each repository a destination of its own.",
  severity: "error",
  since: "0.1.0",
  examples: {
    bad: {
      "web/element-deps": "proxy\n",
      "web/source-repository-web": "web git /opt/web https://example.com/web.git v1\n",
      "proxy/source-repository-proxy": "proxy git /opt/web https://example.com/proxy.git v1\n",
    },
    good: {
      "web/element-deps": "proxy\n",
      "web/source-repository-web": "web git /opt/web https://example.com/web.git v1\n",
      "proxy/source-repository-proxy": "proxy git /opt/proxy https://example.com/proxy.git v1\n",
    },
  },
  *check({ composition, focus }) {
    const first = new Map<
      string,
      { readonly element: string; readonly repository: SourceRepository; readonly location: Location }
    >();
    for (const { element } of composition.elements) {
      for (const repository of viewsOf(element).sourceRepositories.value) {
        const destination = repository.destination;
        if (destination === undefined || destination.value.includes("$") || repository.type?.value === "package")
          continue;
        const place = destination.value.replace(/\/+$/, "");
        const before = first.get(place);
        first.set(place, before ?? { element: element.name, repository, location: destination.location });
        if (before === undefined) continue;
        const same =
          before.repository.url?.value === repository.url?.value &&
          before.repository.ref?.value === repository.ref?.value;
        const told = focus === undefined || focus.name === before.element || focus.name === element.name;
        if (same || !told) continue;
        yield {
          element: element.name,
          message: `"${before.repository.name.value}" and "${repository.name.value}" both go to "${place}"`,
          help: "give one of them another destination",
          location: destination.location,
          related: [{ message: `first used here by "${before.element}"`, location: before.location }],
        };
      }
    }
  },
});
