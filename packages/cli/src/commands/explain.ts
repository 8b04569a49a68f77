import type { ExampleTree, Rule } from "@dibkit/lint";
import type { Result, TextFile } from "@dibkit/model";
import { defineCommand } from "../command.js";
import type { SessionFailure } from "../lint/lint-session.js";
import { elementsInReach } from "../project/elements-in-reach.js";
import { findProjectRoot } from "../project/project-root.js";
import { reportFailure } from "../report-failure.js";
import { type Terminal, usageFailure } from "../terminal.js";

export default defineCommand({
  name: "explain",
  group: "check",
  summary: "say what a lint rule expects, why, and how to repair what it finds",
  arguments: [{ name: "RULE", summary: "id of the rule, as shown in brackets behind a finding; all when left out" }],
  options: {},
  examples: [
    { command: "dibkit explain", does: "lists all rules" },
    { command: "dibkit explain script-executable", does: "explains one" },
  ],
  async run({ arguments: { RULE: id } }, terminal) {
    const known = await rulesInReach(terminal);
    if (!known.ok) return reportFailure(terminal, known.error);
    const rules = known.value;
    if (id === undefined) {
      const width = Math.max(...rules.map((rule) => rule.id.length));
      for (const rule of rules) {
        terminal.stdout.write(`${rule.id.padEnd(width)}  ${rule.severity.padEnd(7)}  ${rule.summary}\n`);
      }
      return 0;
    }
    const rule = rules.find((candidate) => candidate.id === id);
    if (rule === undefined) {
      const { nearestName } = await import("@dibkit/model");
      const meant = nearestName(
        id,
        rules.map((candidate) => candidate.id),
      );
      const help = meant === undefined ? 'run "dibkit explain" for the list' : `did you mean "${meant}"?`;
      return usageFailure(terminal, `there is no rule "${id}"`, help);
    }
    terminal.stdout.write(page(rule));
    return 0;
  },
});

/** dibkit's rules, and those of the plugins that the project here names. */
async function rulesInReach(terminal: Terminal): Promise<Result<readonly Rule[], SessionFailure>> {
  const { loadConfiguration } = await import("@dibkit/lint");
  const file = loadConfiguration(terminal.cwd);
  if (!file.ok) return { ok: false, error: { kind: "findings", diagnostics: file.error } };
  const project = findProjectRoot(terminal, undefined);
  const reach = await elementsInReach(terminal, { project, modules: [], elementsPath: [], typecheck: false });
  if (!reach.ok) return reach;
  const { sessionSettings } = await import("../lint/session-settings.js");
  const input = { project: { path: project.config, config: reach.value.config }, images: [], preset: undefined };
  const settings = await sessionSettings({ ...input, file: file.value });
  return settings.ok
    ? { ok: true, value: settings.value.rules }
    : { ok: false, error: { kind: "findings", diagnostics: settings.error } };
}

function page(rule: Rule): string {
  const style = rule.style ? ", only in presets upstream and all" : "";
  const origin = rule.from === undefined ? "" : ` of ${rule.from}`;
  return `${rule.id} (${rule.severity}${style}, since ${rule.since}${origin})
${rule.summary}

Why: ${rule.why}

What upstream does: ${rule.upstream}

How to repair it: ${rule.fix}

Found in:
${tree(rule.examples.bad)}
Fine:
${tree(rule.examples.good)}`;
}

function tree(files: ExampleTree): string {
  return Object.entries(files)
    .map(([path, file]) => `  ${path}${note(file)}\n${indented(content(file))}`)
    .join("");
}

function note(file: TextFile): string {
  if (typeof file === "string") return "";
  return "link" in file ? ` → ${file.link}` : ` (mode ${file.mode.toString(8)})`;
}

function content(file: TextFile): string {
  if (typeof file === "string") return file;
  return "link" in file ? "" : file.content;
}

function indented(text: string): string {
  return text === "" ? "" : text.replace(/\n$/, "").replace(/^/gm, "    ").concat("\n");
}
