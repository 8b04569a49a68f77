import {
  aptIndexOf,
  type BuildRecord,
  changedIngredients,
  type LayerEntry,
  type LayerStore,
  type PastBuild,
  type StepLabel,
} from "@dibkit/runner";

import type { InputChange } from "./compare-inputs.js";

/** A step that two builds do not share. */
export interface StepDifference {
  readonly label: StepLabel;
  /**
   * `added`, `removed`: only one of the builds has it; `other-inputs`: its key is made of other things; `made-again`: of the
   * same things, on another day; `unknown`: one of the layers is gone.
   */
  readonly kind: "added" | "removed" | "other-inputs" | "made-again" | "unknown";
  /** Names of the ingredients of its key that differ, without what follows from steps before it. */
  readonly ingredients: readonly string[];
  /** Whether it left the image in another state; undefined when that cannot be told. */
  readonly otherContent: boolean | undefined;
  /** Whether its packages came from another state of the mirrors. */
  readonly otherMirror: boolean;
  /** Why it ran in the later build, in the words of that build. */
  readonly reason?: string;
  readonly before?: LayerEntry;
  readonly after?: LayerEntry;
}

/** The state of the image before a step: it is no cause by itself. */
const FOLLOWS = "image before it";

/**
 * Steps of two builds that are not the same, in the order of the later one. `inputs` tell of scripts that leave no layer
 * (those on a disk of loop devices, and one that failed) whether they are the same.
 */
export async function compareSteps(
  store: LayerStore,
  before: PastBuild,
  after: PastBuild,
  inputs: readonly InputChange[],
): Promise<readonly StepDifference[]> {
  const changed = new Set(inputs.flatMap(({ kind, name }) => (kind.startsWith("element") ? [name] : [])));
  const [old, now] = [stepsOf(before.record), stepsOf(after.record)];
  const timeline = await store.records.timeline(after.record.id);
  const reasons = new Map(timeline?.steps.flatMap(({ id, reason }) => (reason === undefined ? [] : [[id, reason]])));
  const differences: StepDifference[] = [];
  for (const name of inOrder([...old.keys()], [...now.keys()])) {
    const [first, second] = [old.get(name), now.get(name)];
    const label = (second ?? first)?.label;
    if (label === undefined || (first?.layer !== undefined && first.layer === second?.layer)) continue;
    const reason = reasons.get(name);
    const base = { label, ingredients: [], otherMirror: false, ...(reason === undefined ? {} : { reason }) };
    const files = [label.element ?? "", `${label.element}/${name}`];
    if (first === undefined || second === undefined) {
      // A build that finds its outputs in the store comes to no disk, and does not tell of the scripts there.
      if ((second ?? first)?.onDisk === true && !files.some((file) => changed.has(file))) continue;
      differences.push({ ...base, kind: first === undefined ? "added" : "removed", otherContent: undefined });
      continue;
    }
    if (first.layer === undefined || second.layer === undefined) {
      if (files.some((file) => changed.has(file)))
        differences.push({ ...base, kind: "other-inputs", ingredients: ["script"], otherContent: undefined });
      continue;
    }
    const [entry, other] = [await store.named(first.layer), await store.named(second.layer)];
    if (entry === undefined || other === undefined) {
      differences.push({ ...base, kind: "unknown", otherContent: undefined });
      continue;
    }
    const ingredients = changedIngredients(entry.ingredients, other.ingredients);
    const own = ingredients.filter((ingredient) => ingredient !== FOLLOWS);
    differences.push({
      ...base,
      kind: ingredients.length === 0 ? "made-again" : "other-inputs",
      ingredients: own,
      otherContent: entry.content !== other.content,
      otherMirror: aptIndexOf(entry) !== aptIndexOf(other),
      ...{ before: entry, after: other },
    });
  }
  return differences;
}

/** A step that was not made different by one before it. */
export function isCause({ kind, ingredients, otherContent }: StepDifference): boolean {
  if (kind === "added" || kind === "removed") return true;
  return kind === "made-again" ? otherContent === true : ingredients.length > 0;
}

type RecordedStep = BuildRecord["steps"][number];

function stepsOf({ steps }: BuildRecord): ReadonlyMap<string, RecordedStep> {
  return new Map(steps.map((step) => [`${step.label.phase}/${step.label.script}`, step]));
}

/** The names of the later list, and those that are only in the earlier one where they were in it. */
function inOrder(before: readonly string[], after: readonly string[]): readonly string[] {
  const known = new Set(after);
  const merged = [...after];
  for (const [at, name] of before.entries()) {
    if (known.has(name)) continue;
    const previous = before.slice(0, at).findLast((one) => merged.includes(one));
    merged.splice(previous === undefined ? 0 : merged.indexOf(previous) + 1, 0, name);
  }
  return merged;
}
