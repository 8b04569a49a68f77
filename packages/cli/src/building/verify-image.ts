import type { BuildPlan } from "@dibkit/runner";
import type { ExitCode } from "../command.js";
import { type Terminal, writeTail, writeTrouble } from "../terminal.js";

/** Builds an image twice and prints what the builds do not have in common; 1 when there is anything. */
export async function verifyImage(plan: BuildPlan, terminal: Terminal, verbose: boolean): Promise<ExitCode> {
  const [{ verifyBuild }, { createBuildProgress }, { renderVerification }] = await Promise.all([
    import("@dibkit/conform"),
    import("./build-progress.js"),
    import("./verify-text.js"),
  ]);
  if (!plan.job.request.environment.SOURCE_DATE_EPOCH) {
    terminal.stderr.write("SOURCE_DATE_EPOCH is not set: both builds get the present time\n");
  }
  const progress = createBuildProgress(terminal, verbose, plan);
  const verified = await verifyBuild(plan, { onEvent: progress.show, signal: terminal.signal });
  progress.end();
  if (verified.ok) {
    terminal.stdout.write(renderVerification(verified.value));
    return verified.value.identical ? 0 : 1;
  }
  if (verified.error.kind === "outputs") {
    const { failure } = verified.error;
    writeTrouble(terminal, failure.message, "help" in failure ? failure.help : undefined);
    return 3;
  }
  const { outcome, which } = verified.error;
  if (outcome.kind === "interrupted") {
    writeTrouble(terminal, "interrupted; nothing was left behind");
    return 130;
  }
  writeTail(terminal, outcome.tail);
  const help = 'build without "--verify" to keep the logs and to get a shell where it failed';
  writeTrouble(terminal, `${which} build: ${outcome.message}`, help);
  return 3;
}
