import {
  type Element,
  type EnvironmentStatement,
  environmentStatements,
  findPhase,
  looksLikeSecret,
  viewsOf,
} from "@dibkit/model";
import type { Project } from "ts-morph";
import { type Code, call, verbatim } from "../import/code.js";
import { moduleSource } from "../import/write-module.js";

/** What is told of one element. */
export interface BindingFacts {
  readonly element: Element;
  readonly identifier: string;
  /** Variables that the elements it depends on set. */
  readonly inherited: readonly string[];
}

/** Text of the module that describes an element: its name, what it provides, its environment, its phases. */
export function bindingModule(project: Project, { element, identifier, inherited }: BindingFacts): string {
  const views = viewsOf(element);
  const readme = views.readme.value;
  const documented = new Map((readme?.variables ?? []).map((variable) => [variable.name, variable]));
  const own = ownVariables(element);
  const environment = own.map((variable) => [
    variable.name,
    declaration(variable, documented.get(variable.name)?.description),
  ]);
  const set = new Set([...own.map(({ name }) => name), ...inherited]);
  const reads = [...documented.values()]
    .filter(({ name }) => !set.has(name))
    .map(({ name, default: value, description, required }) => [
      name,
      looksLikeSecret(name)
        ? call("envSecret", description)
        : required
          ? call("envRequired", description)
          : call("envDefault", simple(value), description),
    ]);
  const phases = [...new Set(views.scripts.value.map((script) => script.phase))].filter((phase) => findPhase(phase));
  const provides = views.provides.value.filter(({ comment }) => !comment).map(({ name }) => name);
  const summary = readme?.summary ?? readme?.title;
  const argument = {
    ...(summary ? { summary } : {}),
    ...(provides.length > 0 ? { provides } : {}),
    ...(environment.length > 0 ? { environment: Object.fromEntries(environment) } : {}),
    ...(inherited.length > 0 ? { inherits: inherited } : {}),
    ...(reads.length > 0 ? { reads: Object.fromEntries(reads) } : {}),
    ...(phases.length > 0 ? { phases } : {}),
  };
  return moduleSource(project, "/binding.ts", {
    identifier,
    callee: "elementRef",
    name: element.name,
    argument,
    comment: summary?.replaceAll("*/", "*"),
    uses: new Map(),
  });
}

/** Variables the element's own environment files set in every build. */
export function ownVariables(element: Element): readonly EnvironmentStatement[] {
  const all = viewsOf(element).environment.value.flatMap(({ file, sourced }) =>
    sourced ? environmentStatements(new TextDecoder().decode(file.bytes)) : [],
  );
  const byName = new Map<string, EnvironmentStatement>();
  for (const variable of all)
    byName.set(variable.name, byName.has(variable.name) ? { ...variable, kind: "computed" } : variable);
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function declaration({ name, kind, word, plain }: EnvironmentStatement, description: string | undefined): Code {
  if (looksLikeSecret(name)) return call("envSecret", description ?? "");
  const summary = description ? [description] : [];
  if (kind === "computed") return call("envComputed", ...summary);
  return call(kind === "default" ? "envDefault" : "envFixed", plain ?? bashCode(word), ...summary);
}

function bashCode(word: string): Code {
  return verbatim(`bash\`${word.replaceAll("\\", "\\\\").replaceAll("${", "\\${").replaceAll("`", "\\`")}\``, "bash");
}

/** A documented default is prose as often as it is a value; only the latter is taken. */
function simple(value: string | undefined): string {
  return value !== undefined && /^[A-Za-z0-9_./:@%+-]*$/.test(value) && !/^(none|unset|empty)$/i.test(value)
    ? value
    : "";
}
