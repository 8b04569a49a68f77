import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { BuildJob, BuildOutcome } from "../job/build-job.js";
import { openEnvironment, type SecretValues } from "../plan/secrets.js";
import { runBuild } from "./run-build.js";
import { systemFailure } from "./system-failure.js";

/**
 * The process a build runs in: first process of its own mount and PID namespace, with its view of the host as root.
 * Reads the job from the file named on its command line and the secrets, which are not on disk, from the first line of
 * its standard input; writes one JSON object per line to standard output (events, then the outcome), and stops in order
 * when its standard input says "stop" or closes.
 */
const controller = new AbortController();
process.on("SIGINT", () => controller.abort());
process.on("SIGTERM", () => controller.abort());
const control = createInterface({ input: process.stdin });
const greeting = new Promise<SecretValues>((resolve) => {
  control.once("line", (line) => resolve(JSON.parse(line) as SecretValues));
  control.once("close", () => resolve({}));
});
control.on("line", (line) => {
  if (line === "stop") controller.abort();
});
control.once("close", () => controller.abort());

const send = (message: unknown) => process.stdout.write(`${JSON.stringify(message)}\n`);
send({ type: "outcome", outcome: await outcome() });
control.close();
process.stdin.destroy();

async function outcome(): Promise<BuildOutcome> {
  const secrets = await greeting;
  try {
    const { request, ...job } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as BuildJob;
    const environment = openEnvironment(request.environment, secrets);
    const whole = { ...job, request: { ...request, environment } };
    return await runBuild(whole, { emit: (event) => send(event), signal: controller.signal });
  } catch (error) {
    const failure = controller.signal.aborted ? ({ kind: "interrupted" } as const) : systemFailure(error);
    if (failure === undefined) throw error;
    return failure;
  }
}
