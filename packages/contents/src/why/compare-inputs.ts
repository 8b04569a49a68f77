import type { BuildJob, PastBuild } from "@dibkit/runner";
import { passedVariables, requestedFlags } from "../requested-values.js";

/** Something that went into one of two builds and not into the other, or was another thing there. */
export interface InputChange {
  readonly kind: "element" | "element-file" | "option" | "variable" | "upstream" | "dibkit";
  /** Name of the element, of the option or of the variable; of a file `ELEMENT/PATH`. */
  readonly name: string;
  /** Null where it was not there; of a secret `(secret)`. */
  readonly before: string | null;
  readonly after: string | null;
}

/** What the requests of two builds say apart, and their elements, file by file. */
export function compareInputs(before: PastBuild, after: PastBuild): readonly InputChange[] {
  const [old, now] = [before.job, after.job];
  return [
    ...changes("dibkit", { dibkit: old.request.dibkitVersion }, { dibkit: now.request.dibkitVersion }),
    ...changes("upstream", upstreamOf(old), upstreamOf(now)),
    ...changes("element", elementsOf(old), elementsOf(now)),
    ...changes("element-file", filesOf(old, now), filesOf(now, old)),
    ...changes("option", optionsOf(old), optionsOf(now)),
    ...changes("variable", passedVariables(old), passedVariables(now)),
  ];
}

type Values = Readonly<Record<string, string | undefined>>;

function changes(kind: InputChange["kind"], before: Values, after: Values): readonly InputChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    return old === now ? [] : [{ kind, name, before: shown(old), after: shown(now) }];
  });
}

/** A value that was sealed holds a secret. */
function shown(value: string | undefined): string | null {
  return value === undefined ? null : value.includes("\0") ? "(secret)" : value;
}

function upstreamOf({ request }: BuildJob): Values {
  return { "diskimage-builder": request.upstreamVersion };
}

function elementsOf({ elements }: BuildJob): Values {
  return Object.fromEntries(elements.map(({ name }) => [name, "there"]));
}

/** Files of the elements that both builds have, as far as their digests are remembered. */
function filesOf({ elements }: BuildJob, other: BuildJob): Values {
  const known = new Set(other.elements.flatMap(({ name, files }) => (files === undefined ? [] : [name])));
  return Object.fromEntries(
    elements.flatMap(({ name, files = {} }) =>
      known.has(name) ? Object.entries(files).map(([path, content]) => [`${name}/${path}`, content]) : [],
    ),
  );
}

function optionsOf({ request }: BuildJob): Values {
  const given = Object.entries({ elements: request.elements, ...requestedFlags(request) });
  return Object.fromEntries(
    given.map(([name, value]) => [name, typeof value === "object" ? value.join(" ") : value?.toString()]),
  );
}
