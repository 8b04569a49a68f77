import type { ElementSpec } from "./element-spec.js";
import type { VariableDeclaration } from "./environment.js";
import { renderBash } from "./render-bash.js";

/** `README.rst` of an element: title, summary, description, and the environment it declares. */
export function readmeText(name: string, spec: ElementSpec): string {
  const bar = "=".repeat(name.length);
  const sections = [`${bar}\n${name}\n${bar}`, spec.summary, paragraphs(spec.description)];
  const variables = Object.entries(spec.environment ?? {});
  if (variables.length > 0) {
    sections.push("Environment Variables\n---------------------", ...variables.map(([each, is]) => variable(each, is)));
  }
  return `${sections.filter((section) => section !== undefined && section !== "").join("\n\n")}\n`;
}

function paragraphs(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const lines = text
    .replace(/^[ \t]*\n/, "")
    .trimEnd()
    .split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const margin = Math.min(...indents, Number.POSITIVE_INFINITY);
  return lines.map((line) => line.slice(Math.min(margin, line.length)).trimEnd()).join("\n");
}

function variable(name: string, is: VariableDeclaration): string {
  const lines = [name, `  :Required: ${is.kind === "required" ? "Yes" : "No"}`];
  if (is.kind === "fixed") lines.push(`  :Value: \`\`${valueText(is)}\`\``);
  if (is.kind === "default") lines.push(`  :Default: ${valueText(is) === "" ? "empty" : `\`\`${valueText(is)}\`\``}`);
  if (is.secret) lines.push("  :Secret: Yes");
  if (is.phases?.length) lines.push(`  :Read in: ${is.phases.join(", ")}`);
  if (is.summary !== "") lines.push(`  :Description: ${is.summary.trim().replace(/\s*\n\s*/g, "\n    ")}`);
  return lines.join("\n");
}

function valueText({ value }: VariableDeclaration): string {
  const text = value === undefined || typeof value === "string" ? (value ?? "") : renderBash(value).text;
  return text.replace(/\s*\n\s*/g, " ");
}
