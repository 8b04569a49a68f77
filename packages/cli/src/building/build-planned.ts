import type { BuildOutcome, BuildPlan } from "@dibkit/runner";
import type { ExitCode } from "../command.js";
import type { Terminal } from "../terminal.js";
import { createBuildProgress } from "./build-progress.js";
import { reportBuild } from "./report-build.js";

/** Builds what is planned, and shows its steps. */
export async function runPlanned(terminal: Terminal, plan: BuildPlan, verbose: boolean): Promise<BuildOutcome> {
  const { startBuild } = await import("@dibkit/runner");
  const progress = createBuildProgress(terminal, verbose, plan);
  const outcome = await startBuild(plan, { onEvent: progress.show, signal: terminal.signal });
  progress.end();
  return outcome;
}

/** Builds what is planned, shows its steps, and tells how it ended. */
export async function buildPlanned(
  terminal: Terminal,
  plan: BuildPlan,
  { verbose, cacheDir }: { readonly verbose: boolean; readonly cacheDir: string | undefined },
): Promise<ExitCode> {
  return reportBuild(terminal, await runPlanned(terminal, plan, verbose), cacheDir);
}
