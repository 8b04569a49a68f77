import { runUpstream } from "@dibkit/conform";
import { upstreamInstallation } from "@dibkit/model";
import type { BuildPlan } from "@dibkit/runner";
import type { ExitCode } from "../command.js";
import { type Terminal, usageFailure, writeTrouble } from "../terminal.js";

/** `dibkit build --engine=upstream`: the same elements, flags and environment, built by the real disk-image-create. */
export async function buildWithUpstream({ job, authored }: BuildPlan, terminal: Terminal): Promise<ExitCode> {
  const upstream = upstreamInstallation(terminal.env);
  if (upstream === undefined) {
    const help = 'install it, for instance with "apt-get install python3-diskimage-builder"';
    return usageFailure(terminal, "diskimage-builder is not installed, so it cannot build", help);
  }
  const { request, image, elementsPath } = job;
  const outcome = await runUpstream(
    { request, image, elementsPath, upstream, authored },
    { onLine: (line) => terminal.stderr.write(`${line}\n`), signal: terminal.signal },
  );
  switch (outcome.kind) {
    case "built":
      terminal.stdout.write(outcome.outputs.map((path) => `${path}\n`).join(""));
      return 0;
    case "interrupted":
      writeTrouble(terminal, "interrupted; nothing was left behind");
      return 130;
    case "failed":
      writeTrouble(terminal, `upstream failed with exit code ${outcome.exitCode}`);
      return 3;
  }
}
