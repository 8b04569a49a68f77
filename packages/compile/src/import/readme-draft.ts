import { type Element, type ElementFile, type ElementSpec, readmeText, textOf, viewsOf } from "@dibkit/model";
import { paragraphs } from "./code.js";
import type { FieldDraft } from "./field-draft.js";

export interface ReadmeDraft {
  /** `summary`, perhaps `description`, and `readme: false` when there is none. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The README is what the other fields give; else it has to be kept as it is. */
  readonly reproduced: boolean;
  readonly file: ElementFile | undefined;
}

/** Summary and description from a README, and whether they and the environment are all there is in it. */
export function readmeDraft(element: Element, isTest: boolean, environment: FieldDraft | undefined): ReadmeDraft {
  const file = element.files.get("README.rst");
  if (!file) {
    const fields = isTest ? {} : { summary: `the element ${element.name}`, readme: false };
    return { fields, reproduced: false, file: undefined };
  }
  const text = file.kind === "file" && (file.mode & 0o777) === 0o644 ? textOf(element, file).text : "";
  const generated = partsOf(text, element.name);
  if (generated) {
    const spec = { ...generated, ...(environment ? { environment: environment.value } : {}) } as ElementSpec;
    const { description } = generated;
    const fields = { ...generated, ...(description === undefined ? {} : { description: paragraphs(description) }) };
    if (readmeText(element.name, spec) === text) return { fields, reproduced: true, file };
  }
  const readme = viewsOf(element).readme.value;
  const said = (readme?.summary ?? readme?.title ?? "").replace(/\s+/g, " ").trim();
  if (said !== "") return { fields: { summary: said }, reproduced: false, file };
  return { fields: isTest ? {} : { summary: `the element ${element.name}` }, reproduced: false, file };
}

/** Summary and description of a README in the form the generator gives it. */
function partsOf(text: string, name: string): { summary: string; description?: string } | undefined {
  const bar = "=".repeat(name.length);
  const head = `${bar}\n${name}\n${bar}\n\n`;
  if (!text.startsWith(head)) return undefined;
  const body = (text.slice(head.length).split("\n\nEnvironment Variables\n")[0] as string).trimEnd();
  const [summary = "", ...rest] = body.split("\n\n");
  // In a module neither reads well: a file beside it does.
  if (/[`\n]/.test(summary) || rest.some((paragraph) => paragraph.includes("`"))) return undefined;
  return rest.length > 0 ? { summary, description: rest.join("\n\n") } : { summary };
}
