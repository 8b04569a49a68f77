import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { BuildJob } from "./build-job.js";
import { runBuild } from "./run-build.js";

/**
 * The process a build runs in: first process of its own mount and PID namespace, with its view of the host as root.
 * Reads the job from the file named on its command line, writes one JSON object per line to standard output (events,
 * then the outcome), and stops in order when its standard input says "stop" or closes.
 */
const controller = new AbortController();
process.on("SIGINT", () => controller.abort());
process.on("SIGTERM", () => controller.abort());
const control = createInterface({ input: process.stdin });
control.on("line", (line) => {
  if (line === "stop") controller.abort();
});

const job = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as BuildJob;
const send = (message: unknown) => process.stdout.write(`${JSON.stringify(message)}\n`);
const outcome = await runBuild(job, { emit: (event) => send(event), signal: controller.signal });
send({ type: "outcome", outcome });
control.close();
process.stdin.destroy();
