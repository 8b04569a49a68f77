import { basename } from "node:path";
import { Writable } from "node:stream";
import type { BuildPlan } from "@dibkit/runner";
import type { ExitCode } from "../command.js";
import { type Terminal, usageFailure } from "../terminal.js";
import type { BuildOptionValues } from "./build-options.js";
import { buildPlanned } from "./build-planned.js";
import { planImage } from "./plan-image.js";

/**
 * Builds several image definitions over one store, some of them at the same time. All are planned before the first one
 * starts; every line says which image it is about. A build that needs a layer which another one is making waits for it.
 */
export async function buildSeveral(
  terminal: Terminal,
  images: readonly string[],
  options: BuildOptionValues & { readonly jobs: number; readonly verbose: boolean },
): Promise<ExitCode> {
  if (options.output !== undefined) {
    return usageFailure(
      terminal,
      "-o names one output, but there are several images",
      "name them in their definitions",
    );
  }
  const plans: BuildPlan[] = [];
  const told = new Set<string>();
  for (const image of images) {
    const planned = await planImage(terminal, [image], options, options.verbose, { told });
    if (!planned.ok) return planned.exitCode;
    const same = plans.find(({ job }) => job.image === planned.plan.job.image);
    if (same !== undefined) {
      return usageFailure(terminal, `two images are called "${same.job.image}"`, "give them different names");
    }
    plans.push(planned.plan);
  }
  const waiting = [...plans];
  let worst: ExitCode = 0;
  const work = async () => {
    for (let plan = waiting.shift(); plan !== undefined && !terminal.signal.aborted; plan = waiting.shift()) {
      const own = prefixed(terminal, basename(plan.job.image));
      worst = Math.max(worst, await buildPlanned(own, plan, options)) as ExitCode;
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, plans.length) }, work));
  return worst;
}

/** A terminal whose progress lines begin with a name. */
export function prefixed(terminal: Terminal, name: string): Terminal {
  let begun = false;
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const text = chunk.toString("utf8");
      const lines = text.replace(/(^|\n)(?=[^\n])/g, (newline, _, at: number) =>
        at === 0 && begun ? newline : `${newline}${name}: `,
      );
      begun = !text.endsWith("\n");
      terminal.stderr.write(lines, done);
    },
  });
  return { ...terminal, stderr, isTerminal: false };
}
