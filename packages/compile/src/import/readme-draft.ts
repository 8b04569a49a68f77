import { type Element, type ElementSpec, readmeText, textOf, viewsOf } from "@dibkit/model";
import { paragraphs } from "./code.js";
import { type FieldDraft, reproduction } from "./field-draft.js";
import { fileCode, hasPlainMode, keptMode } from "./import-context.js";

export interface ReadmeDraft {
  /** `summary`, perhaps `description`, or the `readme` that stands for both. */
  readonly fields: Readonly<Record<string, unknown>>;
  /**
   * How the file is kept: not at all because the fields give it, as their layout, as `readme`, or as one of `files`.
   */
  readonly kept: "generated" | "layout" | "readme" | "file" | "absent";
}

/** Summary and description from a README where they are live in it, the file itself otherwise. */
export function readmeDraft(
  element: Element,
  isTest: boolean,
  prefix: string,
  environment: FieldDraft | undefined,
): ReadmeDraft {
  const file = element.files.get("README.rst");
  const none = isTest ? {} : { readme: false };
  if (file === undefined) return { fields: none, kept: "absent" };
  if (file.kind !== "file") return { fields: none, kept: "file" };
  const declared = environment ? { environment: environment.value as ElementSpec["environment"] } : {};
  const { text } = textOf(element, file);
  const generated = keptMode(file) === 0o644 ? partsOf(text, element.name) : undefined;
  if (generated && readmeText(element.name, { ...generated, ...declared } as ElementSpec) === text) {
    const { description } = generated;
    const fields = { ...generated, ...(description === undefined ? {} : { description: paragraphs(description) }) };
    return { fields, kept: "generated" };
  }
  const summary = viewsOf(element).readme.value?.summary;
  const spec = { summary, ...declared } as ElementSpec;
  const laidOut = summary ? reproduction(element, spec, (path) => path === "README.rst") : undefined;
  if (laidOut?.paths.length === 1) return { fields: { summary }, kept: "layout" };
  if (!hasPlainMode(file)) return { fields: none, kept: "file" };
  return { fields: { readme: fileCode("README.rst", prefix) }, kept: "readme" };
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
