import { textOf } from "@dibkit/model";
import { evaluateExports, initShell, type KnownEnvironment } from "@dibkit/shell";
import type { EnvironmentValues } from "../job/environment-values.js";
import { environmentFiles } from "./check-environment.js";
import type { HooksTree } from "./hooks-tree.js";
import type { KnownValues } from "./plan-packages.js";

/** What environment.d will make of the environment, as far as its files say so without being run. */
export async function knownEnvironment(hooks: HooksTree, base: EnvironmentValues): Promise<KnownValues> {
  await initShell();
  let known: KnownEnvironment = new Map<string, string | null>(Object.entries(base));
  for (const { element, file } of environmentFiles(hooks)) {
    if (file.kind === "file") known = evaluateExports(textOf(element, file), known);
  }
  return Object.fromEntries(known);
}
