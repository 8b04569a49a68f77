import {
  ARCHITECTURES,
  type Catalog,
  DISTRIBUTIONS,
  DISTRO_FAMILIES,
  type Element,
  environmentStatements,
  findPhase,
  HOST_ONLY_VARIABLES,
  SOURCE_REPOSITORY_TYPES,
  STANDARD_VARIABLES,
  type schemas,
  textOf,
  viewsOf,
} from "@dibkit/model";
import type { CompletionItem } from "vscode-languageserver/node.js";
import { type DocumentPath, jsonPath, yamlPath } from "./document-path.js";
import { schemaWords, type Word } from "./schema-words.js";

/** Structured files, their schemas, and how the path of a cursor in them is found. */
const STRUCTURED: readonly (readonly [RegExp, keyof typeof schemas, (text: string) => DocumentPath])[] = [
  [/\/package-installs\.yaml$/, "package-installs", yamlPath],
  [/\/package-installs\.json$/, "package-installs", jsonPath],
  [/\/pkg-map$/, "pkg-map", jsonPath],
  [/\/svc-map$/, "svc-map", yamlPath],
  [/\/block-device-[^/]+\.yaml$/, "block-device", yamlPath],
];

/** What may be written at the end of `before`, the text of a file of an element up to the cursor. */
export function completion(path: string, before: string, catalog: Catalog | undefined): CompletionItem[] {
  return words(path, before, catalog).map(({ text, description }) => ({
    label: text,
    ...(description !== undefined && { documentation: description }),
  }));
}

/** What is known of the word around the end of `before`: a field of a control file, or a variable of a script. */
export function wordAt(path: string, before: string, after: string, catalog: Catalog | undefined): Word | undefined {
  const begun = /[\w.-]*$/.exec(before)?.[0] ?? "";
  const word = begun + (/^[\w.-]*/.exec(after)?.[0] ?? "");
  const known = words(path, before.slice(0, before.length - begun.length), catalog);
  return known.find(({ text, description }) => text === word && description !== undefined);
}

function words(path: string, before: string, catalog: Catalog | undefined): readonly Word[] {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  if (/\/element-(deps|provides)$/.test(path)) return elementWords(catalog);
  if (/\/source-repository-[^/]+$/.test(path)) {
    return /^\S+\s+\S*$/.test(line) ? SOURCE_REPOSITORY_TYPES.map((text) => ({ text })) : [];
  }
  const structured = STRUCTURED.find(([pattern]) => pattern.test(path));
  if (structured !== undefined) {
    const [, schema, pathOf] = structured;
    const at = pathOf(before);
    return [...schemaWords(schema, at.keys, at.isValue), ...dibWords(schema, at, path, catalog)];
  }
  const isHook = /\/([^/]+\.d)\/[^/]+$/.exec(path);
  const isScript = isHook !== null && (isHook[1] === "environment.d" || findPhase(isHook[1] as string) !== undefined);
  return isScript && /\$\{?\w*$/.test(line) ? variableWords(catalog) : [];
}

function elementWords(catalog: Catalog | undefined): readonly Word[] {
  return [...(catalog?.elements.values() ?? [])].map((element) => {
    const summary = viewsOf(element).readme.value?.summary;
    return { text: element.name, ...(summary !== undefined && { description: summary }) };
  });
}

/** What upstream gives a meaning, where the schema takes any text. */
function dibWords(
  schema: keyof typeof schemas,
  { keys, isValue }: DocumentPath,
  path: string,
  catalog: Catalog | undefined,
): readonly Word[] {
  const plain = (texts: readonly string[]) => texts.map((text) => ({ text }));
  const [first, ...rest] = keys;
  if (schema === "svc-map" && keys.length === 1 && !isValue) {
    return plain([...new Set([...DISTRIBUTIONS, ...DISTRO_FAMILIES]), "default"]);
  }
  if (schema === "pkg-map" && !isValue) {
    if (rest.length === 0 && (first === "distro" || first === "release")) return plain(DISTRIBUTIONS);
    if (rest.length === 0 && first === "family") return plain(DISTRO_FAMILIES);
    const depth = first === "default" ? 0 : first === "release" ? 2 : 1;
    return first !== undefined && rest.length === depth ? plain(installedPackages(path, catalog)) : [];
  }
  if (schema !== "package-installs" || !isValue) return [];
  switch (keys.at(-1)) {
    case "arch":
    case "not-arch":
      return plain(ARCHITECTURES);
    case "installtype":
      return plain(["source", "package"]);
    case "dib_python_version":
      return plain(["2", "3"]);
    case "when":
      return variableWords(catalog).map((word) => ({ ...word, text: `${word.text}=` }));
    default:
      return [];
  }
}

/** Packages that the element of a file installs. */
function installedPackages(path: string, catalog: Catalog | undefined): readonly string[] {
  const element = [...(catalog?.elements.values() ?? [])].find(({ root }) => path.startsWith(`${root}/`));
  return element === undefined ? [] : viewsOf(element).packageInstalls.value.map(({ name }) => name);
}

const variablesByCatalog = new WeakMap<Catalog, readonly Word[]>();

/** Variables that every build sets, and those that an element in reach sets or documents. */
function variableWords(catalog: Catalog | undefined): readonly Word[] {
  const known = catalog && variablesByCatalog.get(catalog);
  if (known) return known;
  const found = new Map<string, string[]>([...STANDARD_VARIABLES, ...HOST_ONLY_VARIABLES].map((name) => [name, []]));
  const say = (name: string, what: string) => found.set(name, [...(found.get(name) ?? []), what]);
  for (const element of catalog?.elements.values() ?? []) {
    const documented = viewsOf(element).readme.value?.variables ?? [];
    for (const { name, description } of documented) say(name, `${element.name}: ${description}`);
    for (const name of new Set(setBy(element)))
      if (!documented.some((variable) => variable.name === name)) say(name, `set by ${element.name}`);
  }
  const result = [...found].map(([text, said]) => ({
    text,
    ...(said.length > 0 && { description: said.join("\n\n") }),
  }));
  if (catalog) variablesByCatalog.set(catalog, result);
  return result;
}

function setBy(element: Element): readonly string[] {
  return viewsOf(element).environment.value.flatMap(({ file }) =>
    environmentStatements(textOf(element, file).text).map(({ name }) => name),
  );
}
