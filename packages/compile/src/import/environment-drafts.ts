import {
  type BashFragment,
  type Element,
  ENVIRONMENT_FILE_NAME,
  type EnvironmentStatement,
  environmentStatements,
  type FileReference,
  type RegularFile,
  type ScriptDefinition,
  textOf,
  type VariableDeclaration,
  viewsOf,
} from "@dibkit/model";
import { type Code, call, verbatim } from "./code.js";
import { type FieldDraft, reproduces } from "./field-draft.js";
import { fileCode, fileReference, keptMode } from "./import-context.js";
import type { ScriptDraft } from "./script-drafts.js";

export interface EnvironmentDrafts {
  /** The `environment` field, when some files are nothing but declarations. */
  readonly field: FieldDraft | undefined;
  readonly scripts: readonly ScriptDraft[];
  /** Variables set by any of the files. */
  readonly variables: readonly string[];
}

/**
 * Files of `environment.d`: declarations where they say all there is to say, scripts otherwise.
 *
 * @param documented whether what the README says of a variable is said by its declaration
 */
export function environmentDrafts(element: Element, prefix: string, documented: boolean): EnvironmentDrafts {
  const values: Record<string, VariableDeclaration> = {};
  const codes: Record<string, Code> = {};
  const scripts: ScriptDraft[] = [];
  const variables: string[] = [];
  for (const file of environmentFiles(element)) {
    const name = file.path.slice("environment.d/".length);
    const exported = new Set(environmentStatements(textOf(element, file).text).map((statement) => statement.name));
    variables.push(...exported);
    const declared = declarations(element, name, file, documented);
    const known = declared && !Object.keys(declared.value).some((variable) => variable in values);
    if (declared && known) {
      Object.assign(values, declared.value);
      Object.assign(codes, declared.code);
    } else scripts.push(environmentScript(file, name, [...exported], prefix));
  }
  const field: FieldDraft | undefined =
    Object.keys(values).length === 0 ? undefined : { key: "environment", value: values, code: codes };
  return { field, scripts, variables };
}

function environmentFiles(element: Element): readonly RegularFile[] {
  return [...element.files.values()].filter(
    (file): file is RegularFile =>
      file.kind === "file" && /^environment\.d\/[^/]+$/.test(file.path) && keptMode(file) === 0o644,
  );
}

interface Declarations {
  readonly value: Record<string, VariableDeclaration>;
  readonly code: Record<string, Code>;
}

/** The file as declarations, when writing them, with its own layout perhaps, gives exactly the file. */
function declarations(
  element: Element,
  name: string,
  file: RegularFile,
  documented: boolean,
): Declarations | undefined {
  const { text } = textOf(element, file);
  const statements = environmentStatements(text);
  const names = new Set(statements.map((statement) => statement.name));
  if (!isAllStatements(text, statements) || names.size < statements.length) return undefined;
  const said = documented ? (viewsOf(element).readme.value?.variables ?? []) : [];
  const descriptions = new Map(said.map((each) => [each.name, each.description]));
  const own = `50-${element.name}`;
  const options = name === own ? [] : [{ file: name }];
  const value: Record<string, VariableDeclaration> = {};
  const code: Record<string, Code> = {};
  for (const { name: variable, kind, word, plain } of statements) {
    if (kind === "computed") return undefined;
    const summary = descriptions.get(variable) ?? "";
    value[variable] = declaration(kind, plain ?? fragment(word), summary, name === own ? undefined : name);
    const args = [
      plain === undefined ? bashCode(word) : plain,
      ...(summary || options.length > 0 ? [summary] : []),
      ...options,
    ];
    code[variable] = call(kind === "default" ? "envDefault" : "envFixed", ...args);
  }
  const draft: FieldDraft = { key: "environment", value, code };
  return reproduces(element, draft)?.paths.length === 1 ? { value, code } : undefined;
}

/** Whether every line that is not blank and no comment is part of a statement. */
function isAllStatements(text: string, statements: readonly EnvironmentStatement[]): boolean {
  const isPart = (index: number) => statements.some(({ first, last }) => first <= index && index <= last);
  return text.split(/\r\n|\n|\r/).every((line, index) => /^\s*(#|$)/.test(line) || isPart(index));
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
