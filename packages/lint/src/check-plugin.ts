import { type Diagnostic, err, ok, type Result } from "@dibkit/model";
import type { LintPlugin, LoadedPlugin } from "./plugin.js";
import type { Rule } from "./rule.js";
import { quoted } from "./words.js";

/** First parts of codes that are dibkit's own. */
const RESERVED = ["compile", "dibkit", "elements-path", "load", "schema", "shellcheck", "suppression", "typescript"];
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const KINDS = ["element", "graph", "image-file"];
const SEVERITIES = ["error", "warning", "info"];
const TEXTS = ["summary", "why", "upstream", "fix", "since"] as const;

/**
 * Takes what a module exports for a plugin, or says all that is wrong with it. `from` is the package or file that the
 * configuration names, and is part of every message: whoever reads it has to know whose rules are broken.
 */
export function checkPlugin(exported: unknown, from: string): Result<LoadedPlugin, readonly Diagnostic[]> {
  if (!isObject(exported) || typeof exported["name"] !== "string") {
    return err([problem(from, "has no plugin as its default export", "export default definePlugin({ name, rules })")]);
  }
  const plugin = exported as Partial<LintPlugin> & { readonly name: string };
  const problems = [...nameProblems(plugin.name, from), ...shapeProblems(plugin, from)];
  if (problems.length > 0) return err(problems);
  const { name, rules = [], presets = {} } = plugin;
  const seen = new Set<string>();
  for (const rule of rules) {
    problems.push(...ruleProblems(rule, from));
    if (!isObject(rule) || typeof rule.id !== "string") continue;
    if (seen.has(rule.id)) {
      problems.push(problem(from, `has two rules with the id "${rule.id}"`, "give one of them another id"));
    }
    seen.add(rule.id);
  }
  if (problems.length > 0) return err(problems);
  return ok({ name, from, presets, rules: rules.map((rule) => ({ ...rule, id: `${name}/${rule.id}`, from })) });
}

/** Plugins that have one name would give one code to two rules. */
export function clashProblems(plugins: readonly LoadedPlugin[]): readonly Diagnostic[] {
  const first = new Map<string, LoadedPlugin>();
  return plugins.flatMap((plugin) => {
    const other = first.get(plugin.name);
    first.set(plugin.name, other ?? plugin);
    if (other === undefined) return [];
    const words = `has the name "${plugin.name}", as plugin "${other.from}" has`;
    return [problem(plugin.from, words, 'give one of them another name, or take it out of "plugins"')];
  });
}

function nameProblems(name: string, from: string): Diagnostic[] {
  const help = "give it a name of its own, of lower-case letters, digits and dashes";
  if (!NAME.test(name)) return [problem(from, `has the name "${name}", which no code can begin with`, help)];
  return RESERVED.includes(name) ? [problem(from, `has the name "${name}", which is one of dibkit's own`, help)] : [];
}

function shapeProblems(plugin: Partial<LintPlugin>, from: string): Diagnostic[] {
  const problems: Diagnostic[] = [];
  if (plugin.rules !== undefined && !Array.isArray(plugin.rules)) {
    problems.push(problem(from, 'has "rules" that are no list', "give a list of what defineRule returns"));
  }
  const { presets } = plugin;
  if (presets !== undefined && !(isObject(presets) && Object.values(presets).every(isObject))) {
    problems.push(problem(from, 'has "presets" that are no object of settings by name', "give { NAME: { rules } }"));
  }
  return problems;
}

function ruleProblems(rule: Rule, from: string): Diagnostic[] {
  if (!isObject(rule)) return [problem(from, "has a rule that is not an object", "give what defineRule returns")];
  const { id } = rule;
  if (typeof id !== "string" || !NAME.test(id)) {
    const help = 'call it "ARTEFACT-EXPECTATION", in lower-case letters, digits and dashes';
    return [problem(from, `has a rule with the id ${JSON.stringify(id)}`, help)];
  }
  const wrong = (words: string, help: string) => problem(from, `has rule "${id}", which ${words}`, help);
  if (!KINDS.includes(rule.kind) || typeof rule.check !== "function") {
    return [wrong("is none of defineRule, defineGraphRule and defineImageFileRule", "wrap it in one of them")];
  }
  const problems: Diagnostic[] = [];
  const missing = TEXTS.filter((key) => typeof rule[key] !== "string" || rule[key].trim() === "");
  if (missing.length > 0) {
    problems.push(wrong(`lacks ${quoted(missing)}`, 'write them, as "dibkit explain" shows them to people'));
  }
  if (!SEVERITIES.includes(rule.severity)) {
    problems.push(wrong(`has severity ${JSON.stringify(rule.severity)}`, `give one of ${quoted(SEVERITIES)}`));
  }
  const { examples } = rule;
  const shown = (tree: unknown) => isObject(tree) && Object.keys(tree).length > 0;
  if (!isObject(examples) || !shown(examples.bad) || !shown(examples.good)) {
    problems.push(wrong("has no examples", "give examples: { bad, good }, with at least one file each"));
  }
  return problems;
}

/** A finding about a plugin as a whole, with where it came from. */
export function problem(from: string, words: string, help: string): Diagnostic {
  return { code: "plugin", severity: "error", message: `plugin "${from}" ${words}`, help };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
