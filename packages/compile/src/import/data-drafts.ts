import {
  ARCHITECTURES,
  DISTRIBUTIONS,
  DISTRO_FAMILIES,
  type Element,
  PACKAGE_FIELDS,
  PHASES,
  parseYaml,
  plainData,
  type RegularFile,
  SOURCE_REPOSITORY_TYPES,
  STANDARD_VARIABLES,
  textOf,
  viewsOf,
} from "@dibkit/model";
import type { FieldDraft } from "./field-draft.js";

const FIELD_OF = new Map<string, string>(Object.entries(PACKAGE_FIELDS).map(([field, key]) => [key, field]));
const PACKAGE_PHASES = new Set<string>(PHASES.filter((phase) => phase.installsPackages).map((phase) => phase.name));
const ARCHES = new Set<string>(ARCHITECTURES);

type Data = Readonly<Record<string, unknown>>;

/** `package-installs.yaml` as the field `packages`; undefined when the field's types would refuse it. */
export function packagesDraft(element: Element, inView: ReadonlySet<string>): FieldDraft | undefined {
  const data = yamlOf(element, "package-installs.yaml");
  if (!isObject(data)) return undefined;
  const packages: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(data)) {
    const list = Array.isArray(value) ? value.map((item) => entry(item, inView)) : entry(value, inView);
    if (list === undefined || (Array.isArray(list) && list.includes(undefined))) return undefined;
    packages[name] = list;
  }
  return { key: "packages", value: packages, code: packages };
}

function entry(value: unknown, inView: ReadonlySet<string>): Data | undefined {
  if (value === null) return {};
  if (!isObject(value)) return undefined;
  const fields: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    const field = FIELD_OF.get(key);
    const legal = field === undefined ? undefined : legalField(field, given, inView);
    if (field === undefined || legal === undefined) return undefined;
    fields[field] = legal;
  }
  return "arch" in fields && "notArch" in fields ? undefined : fields;
}

function legalField(field: string, value: unknown, inView: ReadonlySet<string>): unknown {
  switch (field) {
    case "phase":
      return PACKAGE_PHASES.has(value as string) ? value : undefined;
    case "uninstall":
    case "buildOnly":
      return value === true ? true : undefined;
    case "installType":
      return typeof value === "string" ? value : undefined;
    case "arch":
    case "notArch": {
      const arches = String(value).split(",");
      if (!arches.every((arch) => ARCHES.has(arch))) return undefined;
      return arches.length === 1 ? arches[0] : arches;
    }
    case "dibPythonVersion":
      return value === 2 || value === 3 ? value : undefined;
    default: {
      const conditions = Array.isArray(value) ? value : [value];
      return conditions.every((condition) => isCondition(condition, inView)) ? value : undefined;
    }
  }
}

function isCondition(condition: unknown, inView: ReadonlySet<string>): boolean {
  const [, name] = /^([A-Za-z_]\w*)!?=(?![=\s])(?:.*\S)?$/.exec(String(condition)) ?? [];
  return name !== undefined && (inView.has(name) || (STANDARD_VARIABLES as readonly string[]).includes(name));
}

/** `pkg-map` as the field `pkgMap`; undefined when it has sections or distros the field does not know. */
export function pkgMapDraft(element: Element): FieldDraft | undefined {
  const data = jsonOf(element, "pkg-map");
  if (!isObject(data) || !keysIn(data, ["release", "distro", "family", "default"])) return undefined;
  const { release = {}, distro = {}, family = {}, default: fallback = {} } = data;
  if (![release, distro, family, fallback].every(isObject)) return undefined;
  if (
    !keysIn(release as Data, DISTRIBUTIONS) ||
    !keysIn(distro as Data, DISTRIBUTIONS) ||
    !keysIn(family as Data, DISTRO_FAMILIES)
  )
    return undefined;
  const names = [...Object.values(distro as Data), ...Object.values(family as Data), fallback];
  const releases = Object.values(release as Data);
  const all = [...names, ...releases.flatMap((each) => (isObject(each) ? Object.values(each) : [undefined]))];
  return all.every(isStrings) ? { key: "pkgMap", value: data, code: data } : undefined;
}

/** `svc-map` as the field `svcMap`. */
export function svcMapDraft(element: Element): FieldDraft | undefined {
  const data = yamlOf(element, "svc-map");
  if (!isObject(data)) return undefined;
  const legal = Object.values(data).every(
    (each) => isStrings(each) && keysIn(each, [...DISTRIBUTIONS, ...DISTRO_FAMILIES, "default"]),
  );
  return legal ? { key: "svcMap", value: data, code: data } : undefined;
}

/** One `block-device-<name>.yaml` as plain data; undefined when it is no list in a shape the field's types know. */
export function blockDeviceData(element: Element, path: string): readonly unknown[] | undefined {
  const data = yamlOf(element, path);
  const known = ["local_loop", "partitioning", "lvm", "mkfs", "mount", "fstab"];
  if (!Array.isArray(data)) return undefined;
  return data.every((node) => isObject(node) && Object.keys(node).length === 1 && keysIn(node, known))
    ? data
    : undefined;
}

/** The repositories of a `source-repository-<key>` as the field has them. */
export function sourceRepositoryData(element: Element, path: string, key: string): unknown {
  const specs = viewsOf(element)
    .sourceRepositories.value.filter((repository) => repository.path === path)
    .map(({ name, type, destination, url, ref }) => {
      if (!(SOURCE_REPOSITORY_TYPES as readonly string[]).includes(type?.value ?? "")) return undefined;
      const all = {
        name: name.value === key ? undefined : name.value,
        type: type?.value,
        destination: destination?.value,
        location: url?.value,
        ref: ref?.value,
      };
      return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    });
  if (specs.length === 0 || specs.includes(undefined)) return undefined;
  return specs.length === 1 ? specs[0] : specs;
}

function regular(element: Element, path: string): RegularFile | undefined {
  const file = element.files.get(path);
  return file?.kind === "file" ? file : undefined;
}

function yamlOf(element: Element, path: string): unknown {
  const file = regular(element, path);
  const { root, diagnostics } = file ? parseYaml(element, file) : { root: undefined, diagnostics: [] };
  return root === undefined || diagnostics.length > 0 ? undefined : plainData(root);
}

function jsonOf(element: Element, path: string): unknown {
  const file = regular(element, path);
  try {
    return file && JSON.parse(textOf(element, file).text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is Data {
  return isObject(value) && Object.values(value).every((each) => typeof each === "string");
}

function keysIn(data: Data, keys: readonly string[]): boolean {
  return Object.keys(data).every((key) => keys.includes(key));
}
