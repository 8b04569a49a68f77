import type { CommandRunner } from "@dibkit/exec";
import { ingredientDiff, type LayerStore, type PastBuild, type StepLabel } from "@dibkit/runner";
import { compareImages, type ImageDifference } from "../compare-images.js";
import { layerContents } from "../layer-contents.js";
import { compareInputs, type InputChange } from "./compare-inputs.js";
import { compareSteps, isCause, type StepDifference } from "./compare-steps.js";

/** The first step at which two builds part, and why they do. */
export interface FirstCause {
  readonly label: StepLabel;
  readonly kind: StepDifference["kind"];
  /** What it is, as a sentence without its end: `its script changed`. */
  readonly why: string;
  /** Changed lines of the script or element file, with `+` or `-` before each. */
  readonly diff: readonly string[];
  /** What went into the builds that explains it. */
  readonly inputs: readonly InputChange[];
}

/** Why two builds are different. */
export interface WhyDifferent {
  readonly before: BuildName;
  readonly after: BuildName;
  /** Null: no step that is known parts them. */
  readonly cause: FirstCause | null;
  /** Everything that went in and differs, the cause's among it. */
  readonly inputs: readonly InputChange[];
  /** Steps that differ, in their order. */
  readonly steps: readonly StepDifference[];
  /** What came of it; undefined when layers of one of the builds are gone. */
  readonly images: ImageDifference | undefined;
}

interface BuildName {
  readonly id: string;
  /** Path of the outputs without suffix. */
  readonly image: string;
  /** ISO time. */
  readonly started: string;
}

/** Goes from two builds' records to the first thing that parts them, and to what followed from it. */
export async function whyDifferent(
  store: LayerStore,
  before: PastBuild,
  after: PastBuild,
  commands: CommandRunner,
): Promise<WhyDifferent> {
  const inputs = compareInputs(before, after);
  const steps = await compareSteps(store, before, after, inputs);
  const first = steps.find(isCause);
  const [old, now] = [await layerContents(store, before, commands), await layerContents(store, after, commands)];
  return {
    ...{ before: nameOf(before), after: nameOf(after), inputs, steps },
    cause: first === undefined ? null : await explain(store, first, inputs, before, after),
    images: old.ok && now.ok ? await compareImages(old.value, now.value, commands) : undefined,
  };
}

function nameOf({ record: { id, image, started } }: PastBuild): BuildName {
  return { id, image, started };
}

async function explain(
  store: LayerStore,
  step: StepDifference,
  inputs: readonly InputChange[],
  before: PastBuild,
  after: PastBuild,
): Promise<FirstCause> {
  const { label, kind, ingredients } = step;
  const about = inputs.filter((input) => isAbout(input, step));
  const [ingredient] = ingredients;
  const base = { label, kind, inputs: about };
  if (ingredient === undefined) return { ...base, why: whyWithout(step, about), diff: [] };
  const more = ingredients.length > 1 ? ` (and ${ingredients.length - 1} more)` : "";
  const hashes = [step.before, step.after].map((entry) => entry?.ingredients[ingredient]);
  const text = hashes[1] === undefined ? undefined : await store.records.text(hashes[1]);
  const diff = await ingredientDiff(store, hashes[0], text);
  return { ...base, why: `${describeIngredient(ingredient, label, before, after)}${more}`, diff };
}

function whyWithout({ kind, label, otherMirror, reason }: StepDifference, about: readonly InputChange[]): string {
  const element = about.find((input) => input.kind === "element");
  const file = element === undefined ? "it" : `element "${label.element}", which has it,`;
  if (kind === "added") return `${file} is new`;
  if (kind === "removed") return `${file} is gone`;
  const asked = reason === undefined ? "" : ` (${reason})`;
  const mirrors = otherMirror ? ", and the package mirrors had moved on" : ", and something else came of it";
  return `nothing that went in changed, but it ran again${asked}${mirrors}`;
}

function describeIngredient(name: string, label: StepLabel, before: PastBuild, after: PastBuild): string {
  if (name === "script") return "its script changed";
  const variable = /^variable (.*)$/.exec(name)?.[1];
  if (variable === undefined) return `${name} changed`;
  const [old, now] = [before, after].map(({ record }) => record.environments[label.phase]?.[variable]);
  const show = (value: string | undefined) =>
    value === undefined ? "not set" : value.includes("\0") ? "(secret)" : JSON.stringify(value);
  return `variable ${variable} changed: ${show(old)} → ${show(now)}`;
}

/** Whether what went in explains why a step is another one. */
function isAbout({ kind, name }: InputChange, { label, kind: difference, ingredients }: StepDifference): boolean {
  const file = `${label.element}/${label.phase}/${label.script}`;
  switch (kind) {
    case "element":
      return difference !== "other-inputs" && name === label.element;
    case "element-file":
      return name === file || ingredients.includes(`file ${name}`) || setsVariable(name, ingredients);
    case "variable":
      return ingredients.includes(`variable ${name}`);
    case "option":
      return ingredients.some((one) => one.startsWith("option"));
    case "dibkit":
      return ingredients.includes("runner revision");
    case "upstream":
      return ingredients.includes("upstream's library");
  }
}

/** A variable that no caller sets comes from a file of environment.d. */
function setsVariable(file: string, ingredients: readonly string[]): boolean {
  return /^[^/]+\/environment\.d\//.test(file) && ingredients.some((one) => one.startsWith("variable "));
}
