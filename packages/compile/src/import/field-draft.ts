import { type Element, type ElementDefinition, type ElementSpec, elementOf } from "@dibkit/model";
import { fingerprint } from "../emit/manifest.js";
import type { Code } from "./code.js";

/** A field that may stand for some files: what it is as a value, and how it is written. */
export interface FieldDraft {
  readonly key: keyof ElementSpec;
  readonly value: unknown;
  readonly code: unknown | Code;
}

/** Paths a field writes when each of them is exactly what the element has; undefined when one differs. */
export function reproduces(element: Element, draft: FieldDraft): readonly string[] | undefined {
  const spec = { readme: false, [draft.key]: draft.value } as ElementSpec;
  const definition = {
    dibkit: "element",
    name: element.name,
    environment: {},
    spec,
    site: undefined,
  } as ElementDefinition;
  try {
    const files = [...elementOf(definition).files.values()];
    const same = files.every((file) => {
      const original = element.files.get(file.path);
      return original !== undefined && fingerprint(original) === fingerprint(file) && sameMode(original, file);
    });
    return same ? files.map((file) => file.path) : undefined;
  } catch {
    // A value the emitters refuse is one the field cannot express.
    return undefined;
  }
}

function sameMode(a: Parameters<typeof fingerprint>[0], b: Parameters<typeof fingerprint>[0]): boolean {
  if (a.kind === "symlink" || b.kind === "symlink") return true;
  return (a.mode & 0o777) === (b.mode & 0o777);
}
