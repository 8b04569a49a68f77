import type { PlanDocument, PlannedStep } from "@dibkit/runner";
import { buildOptions, imageArguments } from "../building/build-options.js";
import { planImage } from "../building/plan-image.js";
import { defineCommand } from "../command.js";

export default defineCommand({
  name: "plan",
  group: "build",
  summary: "show everything a build would do, and do nothing",
  description:
    "Elements and why each is there, every script with where it runs and whether its layer is cached or why it will run,\npackages by phase, disk layout, outputs. Checks everything that a build checks before it starts.",
  arguments: imageArguments,
  options: {
    ...buildOptions,
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
  },
  examples: [
    { command: "dibkit plan vm debian-minimal", does: "shows what that image would be made of" },
    { command: "dibkit plan web-server.image.ts --format json", does: "prints it for a program" },
  ],
  async run({ arguments: words, options }, terminal) {
    const planned = await planImage(terminal, words["ELEMENT|IMAGE"], options, false, { readOnly: true });
    if (!planned.ok) return planned.exitCode;
    const { document } = planned.plan;
    terminal.stdout.write(options.format === "json" ? `${JSON.stringify(document, null, 2)}\n` : planText(document));
    return 0;
  },
});

function planText(plan: PlanDocument): string {
  const sections = [
    `image ${plan.image} (${plan.architecture})`,
    section(
      "elements",
      plan.elements.map(({ name, because }) => [name, because.join(", ")]),
    ),
    stepSection(plan.steps),
    section("packages", packageRows(plan)),
    section(
      `disk (${plan.diskWay.way}: ${plan.diskWay.reason})`,
      plan.disk.nodes.map((node) => [node.kind, node.name]),
    ),
    section(
      "fstab",
      plan.disk.fstab
        .trimEnd()
        .split("\n")
        .map((line) => [line]),
    ),
    section(
      "outputs",
      plan.outputs.map((path) => [path]),
    ),
  ];
  return `${sections.join("\n\n")}\n`;
}

/** A changed script or element file is shown below the step that it makes run. */
function stepSection(steps: readonly PlannedStep[]): string {
  const [title, ...lines] = section("steps", steps.map(stepRow)).split("\n");
  const diffs = steps.map(({ diff = [] }) => diff.map((line) => `      ${line}`));
  return [title, ...lines.flatMap((line, at) => [line, ...(diffs[at] ?? [])])].join("\n");
}

function stepRow(step: PlannedStep): readonly string[] {
  return [`${step.phase}/${step.script}`, step.element ?? "", step.runs, stateOf(step)];
}

function stateOf({ cached, registry, reason = "" }: PlannedStep): string {
  if (cached) return "cached";
  return registry === undefined ? `will run: ${reason}` : `in the registry: ${registry}`;
}

function packageRows(plan: PlanDocument): readonly (readonly string[])[] {
  return Object.entries(plan.packages).flatMap(([phase, { install, uninstall }]) => [
    ...install.map(({ name, element, when }) => [
      phase,
      `+ ${name}`,
      element,
      when ? `when ${when.join(" and ")}` : "",
    ]),
    ...uninstall.map(({ name, element, when }) => [
      phase,
      `- ${name}`,
      element,
      when ? `when ${when.join(" and ")}` : "",
    ]),
  ]);
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>((found, row) => {
    row.forEach((cell, at) => {
      found[at] = Math.max(found[at] ?? 0, cell.length);
    });
    return found;
  }, []);
  const lines = rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd());
  return [title, ...(lines.length === 0 ? ["  (none)"] : lines)].join("\n");
}
