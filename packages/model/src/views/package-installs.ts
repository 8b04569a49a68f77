import type { Diagnostic, Location } from "../diagnostic.js";
import type { Element, RegularFile } from "../element.js";
import { checkSchema } from "../schemas/check-schema.js";
import { type DataEntry, type DataNode, type PlainData, plainData } from "./data-node.js";
import { metadataFile } from "./metadata-file.js";
import { parseYaml } from "./parse-yaml.js";
import type { View } from "./view.js";

/** A field of a package as it is written. */
export interface PackageField {
  readonly value: PlainData;
  readonly keyLocation: Location;
  readonly location: Location;
}

/** One alternative of a package; a package without a list has exactly one. */
export interface PackageAlternative {
  /** `install.d` unless stated. Any string: only the schema says which are legal. */
  readonly phase: string;
  /** The value of `uninstall`. Upstream acts on the key's presence: ask `fields.has("uninstall")`. */
  readonly uninstall: boolean;
  /** The value of `build-only`. Upstream acts on the key's presence: ask `fields.has("build-only")`. */
  readonly buildOnly: boolean;
  readonly installType: string | undefined;
  /** Trimmed members of `arch`; upstream does not trim, see `fields.get("arch")`. */
  readonly arch: readonly string[];
  /** Trimmed members of `not-arch`. */
  readonly notArch: readonly string[];
  readonly dibPythonVersion: string | undefined;
  /** The statements of `when`, all of which must hold; see `parseWhen`. */
  readonly when: readonly { readonly text: string; readonly location: Location }[];
  /** Every key that is present, unknown ones too. */
  readonly fields: ReadonlyMap<string, PackageField>;
  readonly location: Location;
}

/** A package of `package-installs.yaml` or `.json`. */
export interface PackageInstall {
  readonly name: string;
  /** Where the name is written. */
  readonly location: Location;
  readonly alternatives: readonly PackageAlternative[];
  /** Path of the file in the element. */
  readonly path: string;
  readonly file: RegularFile;
}

/** Packages of `package-installs.json`, then of `package-installs.yaml`; a name that is given twice counts once. */
export function parsePackageInstalls(element: Element): View<readonly PackageInstall[]> {
  const value: PackageInstall[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of ["package-installs.json", "package-installs.yaml"]) {
    const file = metadataFile(element, path);
    if (file === undefined) continue;
    // Upstream reads either file as JSON and, when that fails, as YAML, of which JSON is a part.
    const parsed = parseYaml(element, file);
    const { root } = parsed;
    const schema =
      root !== undefined && parsed.diagnostics.length === 0 ? checkSchema("package-installs", root, element.name) : [];
    for (const one of [...parsed.diagnostics, ...schema]) diagnostics.push(one);
    if (root === undefined) continue;
    const byName = new Map((root.kind === "mapping" ? root.entries : []).map((entry) => [entry.key, entry]));
    for (const entry of byName.values()) value.push(packageInstall(entry, path, file));
  }
  return { value, diagnostics };
}

function packageInstall(entry: DataEntry, path: string, file: RegularFile): PackageInstall {
  const { key: name, keyLocation: location, node } = entry;
  const items = node.kind === "sequence" ? node.items : [node];
  // Upstream takes every empty value, an empty list too, as one alternative without fields.
  const alternatives =
    items.length === 0 ? [alternative(node, location)] : items.map((item) => alternative(item, location));
  return { name, location, alternatives, path, file };
}

function alternative(node: DataNode, nameLocation: Location): PackageAlternative {
  const fields = new Map<string, PackageField>();
  for (const { key, keyLocation, node: value } of node.kind === "mapping" ? node.entries : []) {
    fields.set(key, { value: plainData(value), keyLocation, location: value.location });
  }
  const text = (key: string) => {
    const value = fields.get(key)?.value;
    return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
  };
  const list = (key: string) => (text(key)?.split(",") ?? []).map((item) => item.trim()).filter((item) => item !== "");
  return {
    phase: text("phase") ?? "install.d",
    uninstall: Boolean(fields.get("uninstall")?.value),
    buildOnly: Boolean(fields.get("build-only")?.value),
    installType: text("installtype"),
    arch: list("arch"),
    notArch: list("not-arch"),
    dibPythonVersion: text("dib_python_version"),
    when: whenStatements(node),
    fields,
    location: node.kind === "mapping" ? node.location : nameLocation,
  };
}

function whenStatements(node: DataNode): PackageAlternative["when"] {
  const value = node.kind === "mapping" ? node.entries.findLast((entry) => entry.key === "when")?.node : undefined;
  const statements = value?.kind === "sequence" ? value.items : value === undefined ? [] : [value];
  return statements.flatMap((item) =>
    item.kind === "scalar" && item.value !== null ? [{ text: String(item.value), location: item.location }] : [],
  );
}
