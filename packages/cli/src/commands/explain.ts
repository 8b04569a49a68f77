import type { ExampleFile, ExampleTree, Rule } from "@dibkit/lint";
import { defineCommand } from "../command.js";
import { usageFailure } from "../terminal.js";

export default defineCommand({
  name: "explain",
  summary: "say what a lint rule expects, why, and how to repair what it finds",
  arguments: [{ name: "RULE", summary: "id of the rule, as shown in brackets behind a finding; all when left out" }],
  options: {},
  examples: [
    { command: "dibkit explain", does: "lists all rules" },
    { command: "dibkit explain script-executable", does: "explains one" },
  ],
  async run({ arguments: { RULE: id } }, terminal) {
    const { rules } = await import("@dibkit/lint");
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

function page(rule: Rule): string {
  const style = rule.style ? ", only in presets upstream and all" : "";
  return `${rule.id} (${rule.severity}${style}, since ${rule.since})
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

function note(file: ExampleFile): string {
  if (typeof file === "string") return "";
  return "link" in file ? ` → ${file.link}` : ` (mode ${file.mode.toString(8)})`;
}

function content(file: ExampleFile): string {
  if (typeof file === "string") return file;
  return "link" in file ? "" : file.content;
}

function indented(text: string): string {
  return text === "" ? "" : text.replace(/\n$/, "").replace(/^/gm, "    ").concat("\n");
}
