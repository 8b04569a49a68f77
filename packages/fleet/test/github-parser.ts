import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { rolldown } from "rolldown";

type Parser = Pick<typeof import("@actions/workflow-parser"), "NoOperationTraceWriter" | "parseWorkflow">;

/** GitHub's own parser of workflows. It imports JSON as only bundlers do, so it is bundled into a directory first. */
export async function githubParser(directory: string): Promise<Parser> {
  const input = fileURLToPath(import.meta.resolve("@actions/workflow-parser"));
  const bundle = await rolldown({ input, platform: "node", logLevel: "silent" });
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false });
  const file = join(directory, "workflow-parser.mjs");
  writeFileSync(file, output[0].code);
  return (await import(pathToFileURL(file).href)) as Parser;
}
