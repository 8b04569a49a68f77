import {
  type Element,
  type ElementDefinition,
  type ElementFile,
  type ElementSpec,
  elementOf,
  hasLayout,
} from "@dibkit/model";
import { fingerprint } from "../emit/manifest.js";
import type { Code } from "./code.js";
import { keptMode } from "./import-context.js";

/** A field that may stand for some files: what it is as a value, and how it is written. */
export interface FieldDraft {
  readonly key: keyof ElementSpec;
  readonly value: unknown;
  readonly code: unknown | Code;
}

/** Files that fields write exactly as the element has them. */
export interface Reproduction {
  readonly paths: readonly string[];
  /** Those of them that have to lie beside the module, because the fields alone would lay them out otherwise. */
  readonly layouts: readonly string[];
}

/** What a field reproduces, with the element's own files as layouts where it takes them; undefined when one differs. */
export function reproduces(element: Element, draft: FieldDraft): Reproduction | undefined {
  return reproduction(element, { readme: false, [draft.key]: draft.value }, () => true);
}

/** The same for some of the files that several fields write together. */
export function reproduction(
  element: Element,
  spec: ElementSpec,
  isAsked: (path: string) => boolean,
): Reproduction | undefined {
  const written = filesOf(element, spec)?.filter(({ path }) => isAsked(path));
  if (written === undefined) return undefined;
  const paths = written.map(({ path }) => path);
  const layouts = written.filter((file) => !isSame(element, file)).map(({ path }) => path);
  if (layouts.length === 0) return { paths, layouts };
  const originals = layouts.map((path) => element.files.get(path));
  if (!originals.every((file) => file?.kind === "file" && hasLayout(file.path))) return undefined;
  const layout = Object.fromEntries(
    originals.flatMap((file) =>
      file?.kind === "file" ? [[file.path, { content: file.bytes, mode: keptMode(file) }]] : [],
    ),
  );
  const again = filesOf(element, { ...spec, layout })?.filter(({ path }) => isAsked(path));
  return again?.every((file) => isSame(element, file)) ? { paths, layouts } : undefined;
}

function filesOf({ name }: Element, spec: ElementSpec): readonly ElementFile[] | undefined {
  const definition = { dibkit: "element", name, environment: {}, spec, site: undefined } as ElementDefinition;
  try {
    return [...elementOf(definition).files.values()];
  } catch {
    // A value the emitters refuse is one the field cannot express.
    return undefined;
  }
}

function isSame(element: Element, file: ElementFile): boolean {
  const original = element.files.get(file.path);
  return original !== undefined && fingerprint(original) === fingerprint(file) && sameMode(original, file);
}

function sameMode(a: ElementFile, b: ElementFile): boolean {
  if (a.kind === "symlink" || b.kind === "symlink") return true;
  return keptMode(a) === keptMode(b);
}
