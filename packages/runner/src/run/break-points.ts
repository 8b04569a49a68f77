import type { BuildRequest } from "../job/build-request.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";
import type { ScriptStep } from "../plan/script-step.js";

/** Upstream's break points: `break=before-install,after-error`, `break_cmd`, `break_outside_target`. */
export interface BreakPoints {
  /** Whether the list has this point, such as `before-install`. */
  readonly at: (point: string) => boolean;
  /** What runs there. */
  readonly command: readonly string[];
  readonly outsideTarget: boolean;
}

export function breakPoints(request: Pick<BuildRequest, "environment">): BreakPoints {
  const { environment } = request;
  const points = (environment.break ?? "").split(",").filter((point) => point !== "");
  return {
    at: (point) => points.includes(point),
    command: ["bash", ...(environment.break_cmd ? ["-c", environment.break_cmd] : [])],
    outsideTarget: (environment.break_outside_target ?? "") !== "",
  };
}

/** The shell of a break point as a step: never cached, and what it changes stays in the image. */
export function breakStep(
  point: string,
  side: "host" | "target",
  command: readonly string[],
  environment: EnvironmentValues,
  onDisk: boolean,
): ScriptStep {
  return {
    label: { phase: "break", script: point },
    side,
    command,
    script: { hash: hashText(point), mode: 0o755, text: "" },
    environment,
    inputs: [],
    withHooks: true,
    interactive: true,
    ...(onDisk ? { onDisk } : {}),
  };
}
