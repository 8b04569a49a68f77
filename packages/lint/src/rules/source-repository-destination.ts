import { type Location, type SourceRepository, viewsOf } from "@dibkit/model";
import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "source-repository-destination",
  summary: "two source repositories do not share a destination",
  why: "The second one overwrites the first, or stops the build.",
  upstream:
    "Two git repositories with different locations end the build, a file overwrites what is there, and a tar is unpacked beside it, although the README promises an error.",
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
        const directory = destination.value.replace(/\/+$/, "");
        const before = first.get(directory);
        first.set(directory, before ?? { element: element.name, repository, location: destination.location });
        if (before === undefined) continue;
        const together = clashOf(before.repository, repository);
        const told = focus === undefined || focus.name === before.element || focus.name === element.name;
        if (together === undefined || !told) continue;
        yield {
          ...together.weight,
          element: element.name,
          message: `"${before.repository.name.value}" and "${repository.name.value}" both go to "${directory}": ${together.effect}`,
          help: "give one of them another destination",
          location: destination.location,
          related: [{ message: `first used here by "${before.element}"`, location: before.location }],
        };
      }
    }
  },
});

/** What becomes of two repositories with one destination; undefined when nothing is lost. */
function clashOf(first: SourceRepository, second: SourceRepository) {
  const types = [first.type?.value, second.type?.value];
  const same = first.url?.value === second.url?.value && first.ref?.value === second.ref?.value;
  // Archives are unpacked into one directory, as those of a program and of its data may be.
  if (types.every((type) => type === "tar")) return undefined;
  if (types[0] === types[1]) {
    if (same) return undefined;
    return {
      weight: {},
      effect: types[0] === "git" ? "the build ends at the second" : "the second overwrites the first",
    };
  }
  return { weight: { severity: "warning" as const }, effect: "one is put into the other" };
}
