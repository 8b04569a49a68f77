import type { VariableDeclaration } from "./environment.js";
import { renderBash } from "./render-bash.js";
import { shellQuote } from "./shell-quote.js";

/** Statements of an `environment.d` file that give a variable its value. Sourced, so they hold no `set -x`. */
export function variableText(name: string, variable: VariableDeclaration): string {
  if (variable.kind === "required") return requiredText(name, variable);
  if (variable.secret) return secretText(name);
  const word = wordOf(variable);
  const assignment =
    variable.kind === "fixed" ? `${name}=${word === "" ? '""' : word}` : `${name}=\${${name}:-${word}}`;
  // The status of a command substitution is lost in an export, and dib-lint refuses it there.
  return word.includes("$(") ? `${assignment}\nexport ${name}\n` : `export ${assignment}\n`;
}

function wordOf({ value }: VariableDeclaration): string {
  if (value === undefined) return "";
  return typeof value === "string" ? environmentWord(value) : renderBash(value).text;
}

/** A string as the word after `=` or `:-`: in double quotes, as upstream has it, unless that would change it. */
export function environmentWord(text: string): string {
  const word = shellQuote(text);
  if (text === "") return "";
  return word.startsWith("'") && !/["$`\\'\n]/.test(text) ? `"${text}"` : word;
}

/** The build is traced: no statement may mention the value of a secret, so none expands it. */
function requiredText(name: string, variable: VariableDeclaration): string {
  const message = `${name} is not set${variable.summary ? `: ${variable.summary}` : ""}`;
  const test = variable.secret ? `-z "\${${name}+set}"` : `-z "\${${name}:-}"`;
  return `if [ ${test} ]; then\n    echo ${shellQuote(message)} >&2\n    exit 1\nfi\nexport ${name}\n`;
}

function secretText(name: string): string {
  return `if [ -z "\${${name}+set}" ]; then\n    ${name}=""\nfi\nexport ${name}\n`;
}
