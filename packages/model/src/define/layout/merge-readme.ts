import { applyReplacements, type TextReplacement } from "../../apply-replacements.js";
import type { SourceText } from "../../source-text.js";
import { type ReadmeParts, readmeParts } from "../../views/readme-parts.js";
import { readmeVariables } from "../../views/readme-variables.js";
import { plainText } from "../../views/rst-text.js";

/** What is said in the layout, at an offset of it, in a way that cannot be changed. */
export interface LayoutRefusal {
  readonly at: number;
  readonly message: string;
}

const HEADING = /^Environment Variables[ \t]*\r?\n/m;
/** A variable as a generated README documents it. */
const VARIABLE = /^([A-Za-z_]\w*)\n {2}:Required: (?:.*\n?)(?: {2}.*\n?)*/gm;

/**
 * A README with the summary, the description and the descriptions of variables of a generated one. What is said already
 * stays as it is written, and what is not is added where the generated README has it.
 */
export function mergeReadme(layout: SourceText, generated: SourceText): string | LayoutRefusal {
  const [parts, wanted] = [readmeParts(layout), readmeParts(generated)];
  const edits = [...summaryEdit(parts, wanted), ...descriptionEdit(layout, parts, generated, wanted)];
  const documented = new Map(readmeVariables(layout).map((each) => [each.name, each]));
  const missing: string[] = [];
  for (const [block, name = ""] of generated.text.matchAll(VARIABLE)) {
    const description = plainText(/ {2}:Description: (.*)/s.exec(block)?.[1] ?? "");
    const known = documented.get(name);
    if (description === "" || description === known?.description) continue;
    if (known === undefined) missing.push(block.trimEnd());
    else if (known.descriptionAt !== undefined) edits.push({ ...known.descriptionAt, text: description });
    else return { at: known.location.start, message: `what this says of "${name}" cannot be told from the rest` };
  }
  const merged = applyReplacements(layout.text, edits);
  if (missing.length === 0) return merged;
  const heading = HEADING.test(merged) ? [] : ["Environment Variables\n---------------------"];
  return `${[merged.trimEnd(), ...heading, ...missing].join("\n\n")}\n`;
}

function summaryEdit(parts: ReadmeParts, wanted: ReadmeParts): readonly TextReplacement[] {
  const text = wanted.summary?.text ?? "";
  if (text === (parts.summary?.text ?? "")) return [];
  if (parts.summary !== undefined) return [{ start: parts.summary.start, end: parts.summary.end, text }];
  return [{ start: parts.body, end: parts.body, text: `\n${text}\n` }];
}

function descriptionEdit(
  layout: SourceText,
  parts: ReadmeParts,
  generated: SourceText,
  wanted: ReadmeParts,
): readonly TextReplacement[] {
  const body = generated.text.slice(wanted.summary?.end ?? wanted.body);
  const text = body.slice(0, HEADING.exec(body)?.index).trim();
  if (text === "" || layout.text.includes(text)) return [];
  const at = parts.summary?.end ?? parts.body;
  return [{ start: at, end: at, text: `\n\n${text}` }];
}
