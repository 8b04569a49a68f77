import { type Element, type Location, positionAt, type SourceText } from "@dibkit/model";
import type { BuildContext } from "./build-context.js";
import { exportsOf } from "./catalog-facts.js";

/** A disk layout that `DIB_BLOCK_DEVICE_CONFIG` gives, which upstream then uses in place of any element's file. */
export interface LayoutVariable {
  /** The YAML; undefined when it is in a file that cannot be read. */
  readonly source: SourceText | undefined;
  /** The file it is in; undefined when the variable holds the YAML itself. */
  readonly file: string | undefined;
  /** The element whose environment.d sets the variable; undefined when the image does. */
  readonly element: Element | undefined;
  /** Where a place of the YAML is written; undefined in the environment of an image. */
  at(location: Location | undefined): Location | undefined;
  /** `line 3 of DIB_BLOCK_DEVICE_CONFIG` where the place itself cannot be shown, else empty. */
  prefix(location: Location | undefined): string;
}

const NAME = "DIB_BLOCK_DEVICE_CONFIG";

/** The layout of the image's environment, or else of an element's; undefined when the variable is not set. */
export function layoutVariable({ composition, readText }: BuildContext): LayoutVariable | undefined {
  const given = composition.image?.environment?.[NAME];
  if (given) return variableOf(given, undefined, undefined, readText);
  for (const { element } of composition.elements) {
    const exported = exportsOf(element).findLast(([name]) => name === NAME)?.[1];
    if (exported?.value) return variableOf(exported.value, element, exported.location, readText);
  }
  return undefined;
}

function variableOf(
  value: string,
  element: Element | undefined,
  assignment: Location | undefined,
  readText: BuildContext["readText"],
): LayoutVariable {
  if (value.startsWith("file://")) {
    const path = value.slice("file://".length);
    const text = readText(path);
    const source = text === undefined ? undefined : { path, text };
    const at = (location: Location | undefined) => location ?? assignment;
    return { source, file: path, element, at, prefix: () => "" };
  }
  const source = { path: NAME, text: value };
  const shift = assignment === undefined ? -1 : assignment.source.text.indexOf(value, assignment.start);
  // A value that the shell does not change is shown where it is written.
  const exact = assignment !== undefined && shift !== -1 && shift + value.length <= assignment.end;
  const at = (location: Location | undefined) => {
    if (!exact || location === undefined) return assignment;
    return { source: assignment.source, start: shift + location.start, end: shift + location.end };
  };
  const prefix = (location: Location | undefined) => {
    if (exact) return "";
    const oneLine = location === undefined || !value.trim().includes("\n");
    return oneLine ? NAME : `line ${positionAt(source, location.start).line} of ${NAME}`;
  };
  return { source, file: undefined, element, at, prefix };
}
