import { kvmProbe, MACHINES } from "@dibkit/boot";
import { type DoctorTool, type HostProbe, hostProbes, hostTools } from "@dibkit/exec";
import { FORMATS } from "@dibkit/runner";

/**
 * Every program of the host that something here starts. The one table: `dibkit doctor`, the set-up of this repository
 * and the documentation take it from here.
 */
export const neededTools: readonly DoctorTool[] = hostTools([
  ...FORMATS.flatMap((format) => format.tools),
  ...MACHINES.map((machine) => machine.tool),
]);

/** Every ability of the machine that no package gives. */
export const neededAbilities: readonly HostProbe[] = [...hostProbes, kvmProbe];
