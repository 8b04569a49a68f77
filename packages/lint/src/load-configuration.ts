import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type Diagnostic,
  err,
  LINT_PRESETS,
  nearestName,
  ok,
  type Result,
  readJson,
  type SourceText,
} from "@dibkit/model";
import type { RuleSetting, WrittenConfiguration } from "./configuration.js";
import type { Rule } from "./rule.js";
import { rules as allRules } from "./rules/index.js";
import { quoted } from "./words.js";

export const CONFIGURATION_FILE = ".dibkitrc.json";

export interface LoadedConfiguration {
  readonly configuration: WrittenConfiguration;
  readonly source: SourceText;
  /** Absolute directory of the file; globs are relative to it. */
  readonly base: string;
  readonly path: string;
}

/** Reads the nearest `.dibkitrc.json` at or above a directory; undefined when there is none. */
export function loadConfiguration(directory: string): Result<LoadedConfiguration | undefined, readonly Diagnostic[]> {
  for (let at = directory; ; at = dirname(at)) {
    const path = join(at, CONFIGURATION_FILE);
    const text = textAt(path);
    if (text !== undefined) return parseConfiguration({ path, text });
    if (dirname(at) === at) return ok(undefined);
  }
}

function parseConfiguration(source: SourceText): Result<LoadedConfiguration, readonly Diagnostic[]> {
  const read = readJson(source.text);
  if (!read.ok) return err([finding(source, `${CONFIGURATION_FILE} is not JSON: ${read.error}`, "correct the syntax")]);
  const data = read.value;
  const problems = checkConfiguration(data, source);
  if (problems.length > 0) return err(problems);
  return ok({ configuration: data as WrittenConfiguration, source, base: dirname(source.path), path: source.path });
}

const SETTINGS = ["error", "warning", "info", "off"];
const strings = (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === "string");
const object = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isPreset = (value: unknown) =>
  (LINT_PRESETS as readonly unknown[]).includes(value) || (typeof value === "string" && value.includes("/"));

/** What each key may hold, and the words for it. */
const KEYS: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  $schema: [(value) => typeof value === "string", "a text"],
  preset: [
    (value) => [value].flat().every(isPreset),
    `one of ${quoted(LINT_PRESETS)} and "PLUGIN/PRESET", or a list of them`,
  ],
  plugins: [strings, "a list of packages and files"],
  rules: [object, "an object of rule and severity"],
  overrides: [
    (value) =>
      Array.isArray(value) && value.every((item) => object(item) && strings(item["files"]) && object(item["rules"])),
    'a list of objects with "files" and "rules"',
  ],
  ignore: [strings, "a list of globs"],
  elementsPath: [strings, "a list of directories"],
  images: [
    (value) =>
      Array.isArray(value) &&
      value.every((item) => object(item) && strings(item["elements"]) && typeof item["name"] === "string"),
    'a list of objects with "name" and "elements"',
  ],
  targets: [
    (value) =>
      Array.isArray(value) &&
      value.every((item) => object(item) && typeof item["distro"] === "string" && typeof item["arch"] === "string"),
    'a list of objects with "distro", "arch" and maybe "release"',
  ],
  variables: [strings, "a list of names"],
  shellcheck: [(value) => typeof value === "boolean", "true or false"],
};

/** Everything that is wrong with a configuration; `source` shows where as well as it can be told. */
export function checkConfiguration(data: unknown, source: SourceText): readonly Diagnostic[] {
  if (!object(data)) return [finding(source, "the configuration is not an object", "write { } around it")];
  const problems: Diagnostic[] = [];
  for (const [key, value] of Object.entries(data)) {
    const [valid, words] = KEYS[key] ?? [];
    if (valid === undefined) {
      const meant = nearestName(key, Object.keys(KEYS));
      const help = meant === undefined ? `use one of ${quoted(Object.keys(KEYS))}` : `did you mean "${meant}"?`;
      problems.push(finding(source, `unknown key "${key}" in the configuration`, help, key));
    } else if (!valid(value)) {
      problems.push(finding(source, `"${key}" of the configuration is not ${words}`, `give ${words}`, key));
    }
  }
  const settings = [
    data["rules"],
    ...(Array.isArray(data["overrides"]) ? data["overrides"].map((item) => item?.rules) : []),
  ];
  for (const rules of settings) if (object(rules)) problems.push(...checkRules(rules, source));
  return problems;
}

function checkRules(rules: Record<string, unknown>, source: SourceText): Diagnostic[] {
  const known = new Set(allRules.map((rule) => rule.id));
  const problems: Diagnostic[] = [];
  for (const [id, setting] of Object.entries(rules)) {
    // Codes of plugins are looked up when these have been loaded.
    if (!known.has(id) && !/^suppression-|\//.test(id)) {
      const meant = nearestName(id, known);
      const help = meant === undefined ? 'see "dibkit explain" for the list of rules' : `did you mean "${meant}"?`;
      problems.push(finding(source, `the configuration sets "${id}", which is not a rule`, help, id));
    }
    if (!SETTINGS.includes(setting as string)) {
      const message = `"${id}" is set to ${JSON.stringify(setting)}, expected one of ${quoted(SETTINGS)}`;
      problems.push(finding(source, message, "give one of them", id));
    }
  }
  return problems;
}

/** Settings of codes with a slash that no plugin has: the others are checked before plugins are loaded. */
export function unknownPluginRules(
  settings: Readonly<Record<string, RuleSetting>>,
  rules: readonly Rule[],
  source: SourceText,
): readonly Diagnostic[] {
  const known = rules.filter(({ from }) => from !== undefined).map(({ id }) => id);
  return Object.keys(settings).flatMap((id) => {
    if (!id.includes("/") || id.startsWith("shellcheck/") || known.includes(id)) return [];
    const meant = nearestName(id, known);
    const help = meant === undefined ? `add the plugin "${id.split("/")[0]}" to "plugins"` : `did you mean "${meant}"?`;
    return [finding(source, `the configuration sets "${id}", which is a rule of no plugin`, help, id)];
  });
}

function finding(source: SourceText, message: string, help: string, key?: string): Diagnostic {
  const written = key === undefined ? -1 : source.text.indexOf(JSON.stringify(key));
  const start = Math.max(0, written);
  const end = written === -1 ? start : start + JSON.stringify(key).length;
  return { code: "configuration", severity: "error", message, help, location: { source, start, end } };
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
