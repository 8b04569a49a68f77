import { blockDeviceSchema } from "./block-device-schema.js";
import { imageFileSchema } from "./image-file-schema.js";
import { lockSchema } from "./lock-schema.js";
import { packageInstallsSchema } from "./package-installs-schema.js";
import { pkgMapSchema } from "./pkg-map-schema.js";
import type { JsonSchema } from "./shape.js";
import { svcMapSchema } from "./svc-map-schema.js";

/** JSON Schema (draft 7) of every structured file of an element, of image files and of locks, by the name of the file kind. */
export const schemas = {
  "package-installs": packageInstallsSchema,
  "pkg-map": pkgMapSchema,
  "svc-map": svcMapSchema,
  "block-device": blockDeviceSchema,
  "image-file": imageFileSchema,
  lock: lockSchema,
} as const satisfies Readonly<Record<string, JsonSchema>>;

export type SchemaName = keyof typeof schemas;

/** The schemas as files for editors: `# yaml-language-server: $schema=…/package-installs.schema.json`. */
export function renderSchemas(): readonly { readonly name: string; readonly content: string }[] {
  return Object.entries(schemas).map(([name, schema]) => ({
    name: `${name}.schema.json`,
    content: `${JSON.stringify(schema, null, 2)}\n`,
  }));
}
