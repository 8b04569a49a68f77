import type { InputChange, StepDifference, WhyDifferent } from "@dibkit/contents";
import { openStore, storeOptions } from "../building/open-store.js";
import { defineCommand } from "../command.js";
import { count } from "../count.js";
import { buildOf } from "../open-contents.js";

const BUILD_WORDS = "an output of a build, the id of a build, or either of them with ~1 for the build before it";

export default defineCommand({
  name: "why-different",
  group: "inspect",
  summary: "go from two builds to the first thing that parts them, and to what followed",
  description:
    "Compares what went into the builds (elements by file, options, variables, versions) and the layers of their steps.\nWith one image: its newest build against the one before.",
  arguments: [
    { name: "A", summary: BUILD_WORDS },
    { name: "B", summary: "the same; without it, A is B and the build before it is A" },
  ],
  options: {
    format: { type: "string", value: "FORMAT", choices: ["text", "json"], default: "text", summary: "how to print it" },
    ...storeOptions,
  },
  examples: [
    { command: "dibkit why-different debian.qcow2", does: "says what parts the newest build from the one before" },
    { command: "dibkit why-different debian.qcow2~5 debian.qcow2", does: "does so for the build of five builds ago" },
  ],
  namespace: "layers",
  async run({ arguments: { A, B }, options }, terminal) {
    const { createCommandRunner } = await import("@dibkit/exec");
    const { whyDifferent } = await import("@dibkit/contents");
    const store = await openStore(terminal, options.cacheDir);
    const [first, second] = B === undefined ? [`${A ?? ""}~1`, A] : [A, B];
    const before = await buildOf(terminal, store, first);
    const after = before && (await buildOf(terminal, store, second));
    if (before === undefined || after === undefined) return 2;
    const why = await whyDifferent(store, before, after, createCommandRunner({ signal: terminal.signal }));
    terminal.stdout.write(
      options.format === "json" ? `${JSON.stringify(document(why), null, 2)}\n` : `${render(why)}\n`,
    );
    return 0;
  },
});

function document({ steps, images, ...why }: WhyDifferent) {
  return {
    version: 1,
    ...why,
    steps: steps.map(({ before: _before, after: _after, ...step }) => step),
    images: images ?? null,
  };
}

/** So many lines of each kind are shown; the rest is counted. */
const MOST = 12;

function render({ before, after, cause, inputs, steps, images }: WhyDifferent): string {
  const lines = [`- ${before.id} of ${minute(before.started)}`, `+ ${after.id} of ${minute(after.started)}`];
  if (cause !== null) {
    lines.push(`first cause: ${stepText(cause)}: ${cause.why}`);
    lines.push(...cause.diff.map((line) => `    ${line}`));
    lines.push(...some(cause.inputs.map(inputText)));
  } else if (inputs.length === 0 && steps.length === 0) {
    lines.push("nothing differs in what went in, nor in any step");
  } else {
    lines.push("no step that is known parts them");
  }
  const others = inputs.filter((input) => !cause?.inputs.includes(input));
  if (others.length > 0) lines.push(`what else went in and differs: ${others.length}`, ...some(others.map(inputText)));
  const followed = steps.filter(
    ({ label }) => label.phase !== cause?.label.phase || label.script !== cause.label.script,
  );
  if (followed.length > 0)
    lines.push(`what followed: ${count(followed.length, "step")}`, ...some(followed.map(followedText)));
  if (images === undefined) lines.push("what came of it is not known: layers are gone from the cache");
  else
    lines.push(
      `what came of it: ${count(images.packages.length, "package")} and ${count(images.files.length, "file")} differ`,
      ...some(images.packages.map(({ name, before: old, after: now }) => `package ${name} ${change(old, now)}`)),
    );
  return lines.join("\n");
}

function some(lines: readonly string[]): readonly string[] {
  const rest = lines.length - MOST;
  return [...lines.slice(0, MOST), ...(rest > 0 ? [`… and ${rest} more`] : [])].map((line) => `  ${line}`);
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

function stepText({ label: { phase, script, element } }: Pick<StepDifference, "label">): string {
  return `${phase}/${script} of ${element === undefined ? "dibkit" : `element ${element}`}`;
}

function inputText({ kind, name, before, after }: InputChange): string {
  const verb = before === null ? "is new" : after === null ? "is gone" : "changed";
  if (kind === "element") return `element ${name} ${verb}`;
  if (kind === "element-file") return `file ${name} ${verb}`;
  if (kind === "upstream" || kind === "dibkit") return `${name} ${change(before, after)}`;
  return `${kind} ${name} ${change(before, after)}`;
}

function change(before: string | null | undefined, after: string | null | undefined): string {
  return `${before ?? "(none)"} → ${after ?? "(none)"}`;
}

function followedText(step: StepDifference): string {
  const { kind, ingredients, otherContent } = step;
  const because = ingredients.length > 0 ? `, ${ingredients.slice(0, 2).join(", ")} changed too` : "";
  const came = otherContent === undefined ? "" : otherContent ? ", and left something else" : ", and left the same";
  const words: Readonly<Record<StepDifference["kind"], string>> = {
    added: "is new",
    removed: "is gone",
    "other-inputs": "ran on another image",
    "made-again": "ran again",
    unknown: "has a layer that is gone from the cache",
  };
  return `${stepText(step)} ${words[kind]}${because}${came}`;
}
