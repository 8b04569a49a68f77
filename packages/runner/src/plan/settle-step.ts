import { INSIDE_ROOT_SCRIPT } from "../host/inside-root-sh.js";
import type { EnvironmentValues } from "../job/environment-values.js";
import { hashText } from "../job/hash-text.js";
import type { ScriptStep } from "./script-step.js";
import { SETTLE_DNF } from "./settle-dnf.js";
import { SETTLE_TIMES_SCRIPT } from "./settle-times-sh.js";

/** Needs nothing of the build but the mounted disk. */
const SETTLE = `${INSIDE_ROOT_SCRIPT}${SETTLE_TIMES_SCRIPT}`;

export function settleStep(base: EnvironmentValues): ScriptStep {
  return {
    label: { phase: "dibkit", script: "settle-times" },
    side: "host",
    command: ["bash", "-c", SETTLE],
    script: { hash: hashText(SETTLE), mode: 0o755, text: "" },
    environment: { ...base, DIBKIT_SETTLE_DNF: SETTLE_DNF },
    inputs: [],
    withHooks: false,
    onDisk: true,
  };
}
