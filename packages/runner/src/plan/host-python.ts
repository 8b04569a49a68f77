import type { UpstreamInstallation } from "@dibkit/model";
import type { HostPython } from "../job/build-job.js";

/** The Python that runs what an installation of upstream brings. */
export function hostPython({ python, pythonPath }: UpstreamInstallation): HostPython {
  return { program: python, ...(pythonPath === undefined ? {} : { path: pythonPath }) };
}
