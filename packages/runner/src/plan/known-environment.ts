import { compareEnvironmentFiles, type Element, type SourceText, textOf } from "@dibkit/model";
import { evaluateExports, initShell, type KnownEnvironment } from "@dibkit/shell";
import type { EnvironmentValues } from "../job/environment-values.js";
import type { HooksTree } from "./hooks-tree.js";
import type { KnownValues } from "./plan-packages.js";

/** An environment file, and what is known of the environment when it is sourced. */
export interface EnvironmentStage {
  /** Path in the hooks directory. */
  readonly path: string;
  readonly element: Element;
  readonly source: SourceText;
  readonly before: KnownEnvironment;
}

export interface PlannedEnvironment {
  /** What scripts will see. */
  readonly values: KnownValues;
  /** In the order in which dib-run-parts sources the files. */
  readonly stages: readonly EnvironmentStage[];
}

/** What environment.d will make of the environment, as far as its files say so without being run. */
export async function knownEnvironment(hooks: HooksTree, base: EnvironmentValues): Promise<PlannedEnvironment> {
  await initShell();
  let known: KnownEnvironment = new Map<string, string | null>(Object.entries(base));
  const stages: EnvironmentStage[] = [];
  const files = [...hooks.entries.values()].filter(({ path }) => /^environment\.d\/[0-9A-Za-z_.-]+$/.test(path));
  for (const { path, element, file } of files.sort((a, b) => compareEnvironmentFiles(a.path, b.path))) {
    if (file.kind !== "file") continue;
    const source = textOf(element, file);
    stages.push({ path, element, source, before: known });
    known = evaluateExports(source, known);
  }
  return { values: Object.fromEntries(known), stages };
}
