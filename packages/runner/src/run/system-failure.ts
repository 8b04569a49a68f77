import { systemTrouble } from "@dibkit/model";
import type { BuildFailure } from "../job/build-job.js";

/** The failure of a build that an error of a file operation means; undefined when it is none of the machine's. */
export function systemFailure(error: unknown): Extract<BuildFailure, { readonly kind: "stage-failed" }> | undefined {
  const trouble = systemTrouble(error);
  if (trouble === undefined) return undefined;
  const { code, message, help } = trouble;
  const again = code === "ENOSPC" || code === "EDQUOT" ? ", then run the same command again to go on from here" : "";
  return { kind: "stage-failed", message, tail: [], help: `${help}${again}` };
}
