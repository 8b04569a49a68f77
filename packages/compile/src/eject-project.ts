import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { type CompileOptions, type CompileReport, compileProject } from "./compile-project.js";
import { MANIFEST_FILE } from "./emit/manifest.js";

/**
 * Compiles a project a last time and lets go of the result: plain element directories, with nothing in them that
 * knows of dibkit. The modules stay where they are.
 */
export async function ejectProject(options: Omit<CompileOptions, "check">): Promise<CompileReport> {
  const report = await compileProject(options);
  if (report.written)
    rmSync(join(resolve(options.cwd ?? process.cwd(), options.outDir), MANIFEST_FILE), { force: true });
  return report;
}
