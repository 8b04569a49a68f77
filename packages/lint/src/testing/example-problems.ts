import type { Diagnostic } from "@dibkit/model";
import type { LintConfiguration } from "../configuration.js";
import { lint } from "../lint.js";
import { lintImageFile } from "../lint-image-file.js";
import type { LintTools } from "../lint-tools.js";
import type { ExampleTree, Rule } from "../rule.js";
import { exampleCatalog, exampleImageFiles } from "./example-elements.js";

export interface ExampleOptions {
  /** Besides what the rule's examples say. */
  readonly configuration?: LintConfiguration;
  /** Programs that the rule asks, such as python's compiler. */
  readonly tools?: LintTools;
}

/** What one rule says of a tree. Its elements are all there are: upstream's are not in reach. */
export async function lintExample(
  rule: Rule,
  tree: ExampleTree,
  { configuration, tools = {} }: ExampleOptions = {},
): Promise<readonly Diagnostic[]> {
  const { image, later } = rule.examples;
  const catalog = exampleCatalog(tree, later);
  const { diagnostics } = await lint({
    catalog,
    elements: [...catalog.elements.values()],
    only: [rule.id],
    diagnostics: exampleImageFiles(tree).flatMap((file) => lintImageFile(file, [rule]).diagnostics),
    configuration: {
      ...rule.examples.configuration,
      ...(image && { images: [{ name: "image", elements: image }] }),
      ...configuration,
    },
    rules: [rule],
    tools,
  });
  return diagnostics;
}

/**
 * What is wrong with a rule by its own examples, one sentence each; nothing when all is well. The rule has to find
 * something in `bad` and nothing in `good`, its words have to be as dibkit's, and its findings have to say where they are.
 *
 * @example for (const rule of plugin.rules) test(rule.id, async () => assert.deepEqual(await exampleProblems(rule), []));
 */
export async function exampleProblems(rule: Rule, options: ExampleOptions = {}): Promise<readonly string[]> {
  // What a plugin's rule throws is told as a finding of the linter, and belongs to neither example.
  const own = { ...rule, from: undefined } as unknown as Rule;
  const good = await lintExample(own, rule.examples.good, options);
  const bad = await lintExample(own, rule.examples.bad, options);
  return [
    ...good.map(({ message }) => `the good example is found fault with: ${message}`),
    ...(bad.length === 0 ? ["nothing is found in the bad example"] : []),
    ...bad.flatMap((finding) => findingProblems(rule, finding)),
    ...textProblems(rule),
  ];
}

function findingProblems({ kind }: Rule, { message, help = "", location }: Diagnostic): readonly string[] {
  return [
    // Names and paths keep their case.
    ...(/\.$|^[A-Z][a-z]|\n|undefined/.test(message)
      ? [`a message is not one lower-case sentence without a full stop: ${message}`]
      : []),
    ...(/\.$|^[A-Z][a-z]|undefined/.test(help)
      ? [`a help is not one lower-case sentence without a full stop: ${help}`]
      : []),
    ...(kind !== "graph" && location === undefined ? [`a finding does not say where it is: ${message}`] : []),
  ];
}

function textProblems({ summary, why, upstream, fix }: Rule): readonly string[] {
  return [
    ...(/\.$|^[A-Z][a-z]/.test(summary) ? [`the summary is not one lower-case sentence without a full stop`] : []),
    ...Object.entries({ why, upstream, fix }).flatMap(([key, text]) =>
      /[.`]$/.test(text) ? [] : [`"${key}" does not end as a sentence does`],
    ),
  ];
}
