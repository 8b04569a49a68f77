import type { Diagnostic, Location } from "../diagnostic.js";
import { lineRange, positionAt } from "../source-text.js";
import { type DataNode, plainData } from "../views/data-node.js";
import { describeSchemaError, type SchemaError } from "./describe-schema-error.js";
import type { SchemaName } from "./schemas.js";
import { validators } from "./validators.js";

/** A generated function. */
type Validator = { (data: unknown): boolean; errors?: readonly SchemaError[] | null };

/** Violations of a schema, each at the node it is about; `code` is `schema/<name>`. */
export function checkSchema(name: SchemaName, root: DataNode, element: string): readonly Diagnostic[] {
  const validate: Validator = validators[name];
  if (validate(plainData(root))) return [];
  const diagnostics = (validate.errors ?? [])
    .filter((error) => !isConsequence(error))
    .map((error): Diagnostic => {
      const { message, help, key } = describeSchemaError(error);
      const location = locate(root, error.instancePath, key);
      return { code: `schema/${name}`, severity: "error", message, ...(help && { help }), element, location };
    });
  return diagnostics;
}

/** `if` and friends repeat what a more precise error says already. */
function isConsequence(error: SchemaError): boolean {
  return error.keyword === "if" || error.keyword === "propertyNames";
}

/** The place of a JSON pointer: a scalar itself, the key of anything larger, or an item's first line. */
function locate(root: DataNode, pointer: string, key: string | undefined): Location {
  let node = root;
  let location = firstLineOf(root.location);
  for (const part of pointer.split("/").slice(1)) {
    const segment = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (node.kind === "mapping") {
      const entry = node.entries.findLast((candidate) => candidate.key === segment);
      if (entry === undefined) return location;
      node = entry.node;
      location = node.kind === "scalar" ? node.location : entry.keyLocation;
    } else if (node.kind === "sequence") {
      const item = node.items[Number(segment)];
      if (item === undefined) return location;
      node = item;
      location = firstLineOf(node.location);
    }
  }
  if (key === undefined || node.kind !== "mapping") return location;
  return node.entries.findLast((entry) => entry.key === key)?.keyLocation ?? location;
}

function firstLineOf(location: Location): Location {
  const { end } = lineRange(location.source, positionAt(location.source, location.start).line);
  return { ...location, end: Math.max(location.start, Math.min(location.end, end)) };
}
