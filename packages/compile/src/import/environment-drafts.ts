import {
  type BashFragment,
  type Element,
  ENVIRONMENT_FILE_NAME,
  environmentWord,
  type FileReference,
  type RegularFile,
  type ScriptDefinition,
  textOf,
  type VariableDeclaration,
  viewsOf,
} from "@dibkit/model";
import { type Code, call, verbatim } from "./code.js";
import { exportedVariables, plainWord } from "./environment-exports.js";
import { type FieldDraft, reproduces } from "./field-draft.js";
import { fileCode, fileReference } from "./import-context.js";
import type { ScriptDraft } from "./script-drafts.js";

export interface EnvironmentDrafts {
  /** The `environment` field, when some files are nothing but declarations. */
  readonly field: FieldDraft | undefined;
  readonly scripts: readonly ScriptDraft[];
  /** Variables set by any of the files. */
  readonly variables: readonly string[];
}

/** Files of `environment.d`: declarations where they say all there is to say, scripts otherwise. */
export function environmentDrafts(element: Element, prefix: string): EnvironmentDrafts {
  const values: Record<string, VariableDeclaration> = {};
  const codes: Record<string, Code> = {};
  const scripts: ScriptDraft[] = [];
  const variables: string[] = [];
  for (const file of environmentFiles(element)) {
    const name = file.path.slice("environment.d/".length);
    const exported = exportedVariables(textOf(element, file).text);
    variables.push(...exported.map((variable) => variable.name));
    const declared = declarations(element, name, file);
    const known = declared && !Object.keys(declared.value).some((variable) => variable in values);
    if (declared && known) {
      Object.assign(values, declared.value);
      Object.assign(codes, declared.code);
    } else scripts.push(environmentScript(file, name, [...new Set(exported.map((variable) => variable.name))], prefix));
  }
  const field: FieldDraft | undefined =
    Object.keys(values).length === 0 ? undefined : { key: "environment", value: values, code: codes };
  return { field, scripts, variables };
}

function environmentFiles(element: Element): readonly RegularFile[] {
  return [...element.files.values()].filter(
    (file): file is RegularFile =>
      file.kind === "file" && /^environment\.d\/[^/]+$/.test(file.path) && (file.mode & 0o777) === 0o644,
  );
}

interface Declarations {
  readonly value: Record<string, VariableDeclaration>;
  readonly code: Record<string, Code>;
}

/** The file as declarations, when writing them gives exactly the file. */
function declarations(element: Element, name: string, file: RegularFile): Declarations | undefined {
  const lines = textOf(element, file)
    .text.split("\n")
    .filter((line) => line !== "");
  const exported = exportedVariables(lines.join("\n"));
  if (exported.length !== lines.length || exported.some((variable) => variable.kind === "computed")) return undefined;
  const documented = new Map(
    (viewsOf(element).readme.value?.variables ?? []).map((each) => [each.name, each.description]),
  );
  const own = `50-${element.name}`;
  const options = name === own ? [] : [{ file: name }];
  const value: Record<string, VariableDeclaration> = {};
  const code: Record<string, Code> = {};
  for (const { name: variable, kind, word } of exported) {
    const helper = kind === "default" ? "envDefault" : "envFixed";
    const summary = documented.get(variable) ?? "";
    const plain = plainWord(word);
    const text = plain !== undefined && written(kind, plain) === word ? plain : undefined;
    const given = text ?? fragment(word);
    value[variable] = declaration(kind as "default" | "fixed", given, summary, name === own ? undefined : name);
    const args = [
      text === undefined ? bashCode(word) : text,
      ...(summary || options.length > 0 ? [summary] : []),
      ...options,
    ];
    code[variable] = call(helper, ...args);
  }
  const draft: FieldDraft = { key: "environment", value, code };
  return reproduces(element, draft)?.length === 1 ? { value, code } : undefined;
}

/** How the generator writes a plain string. */
function written(kind: string, plain: string): string {
  return plain === "" && kind === "fixed" ? '""' : environmentWord(plain);
}

function declaration(
  kind: "default" | "fixed",
  value: string | BashFragment,
  summary: string,
  file: string | undefined,
): VariableDeclaration {
  return { dibkit: "environment", kind, value, summary, secret: false, phases: undefined, file };
}

function fragment(word: string): BashFragment {
  return { dibkit: "bash", parts: [word.replaceAll("${", "\\${").replaceAll("`", "\\`")], values: [], site: undefined };
}

function bashCode(word: string): Code {
  const escaped = word.replaceAll("${", "\\${").replaceAll("`", "\\`");
  return verbatim(`bash\`${escaped}\``, "bash");
}

function environmentScript(file: RegularFile, name: string, exports: readonly string[], prefix: string): ScriptDraft {
  const reference: FileReference = fileReference(file);
  const value: ScriptDefinition = {
    dibkit: "script",
    directory: "environment.d",
    name,
    body: reference,
    inputs: undefined,
    exports,
    executable: false,
    site: undefined,
  };
  const options = exports.length > 0 ? [{ exports }] : [];
  const [, priority, rest] = /^(\d\d)-(.+)$/.exec(name) ?? [];
  const legal = ENVIRONMENT_FILE_NAME.test(name);
  const body = fileCode(file.path, prefix);
  const args = priority && rest ? [Number(priority), rest, body, ...options] : [name, body, ...options];
  const helper = priority && rest ? "environmentScript" : "namedEnvironmentScript";
  return { path: file.path, value, code: legal ? call(helper, ...args) : undefined };
}
