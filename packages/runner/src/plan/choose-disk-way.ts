import { inUserNamespace } from "@dibkit/exec";
import type { Diagnostic, DiskPlan } from "@dibkit/model";
import { DISK_ASSEMBLERS } from "../disk/disk-assemblers.js";
import type { BuildRequest } from "../job/build-request.js";
import type { AskedDiskWay, ChosenDiskWay } from "../job/disk-way.js";
import { checkLoopDevices } from "./check-loop-devices.js";

export interface DiskWayChoice {
  readonly chosen: ChosenDiskWay;
  /** Why the disk cannot be made in the chosen way. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What of this machine the choice depends on. */
export interface DiskWayHost {
  readonly isRoot: boolean;
  /** What `checkLoopDevices` says. */
  readonly loopTroubles: readonly Diagnostic[];
}

export function diskWayHost(): DiskWayHost {
  return { isRoot: process.getuid?.() === 0 && !inUserNamespace(), loopTroubles: checkLoopDevices() };
}

/**
 * Decides how a disk is made. `auto` takes loop devices where this process can use them, and files alone where it cannot
 * and the layout allows it.
 */
export function chooseDiskWay(asked: AskedDiskWay, plan: DiskPlan, host: DiskWayHost): DiskWayChoice {
  const troubles = (way: "loop" | "files") =>
    DISK_ASSEMBLERS[way].check(plan).map(({ kind, message, help }): Diagnostic => {
      return { code: kind, severity: "error", message, ...(help === undefined ? {} : { help }) };
    });
  const loop = () => [...host.loopTroubles, ...troubles("loop")];
  if (asked === "files")
    return { chosen: { way: "files", reason: "asked for with --disk" }, diagnostics: troubles("files") };
  if (asked === "loop") return { chosen: { way: "loop", reason: "asked for with --disk" }, diagnostics: loop() };
  if (host.isRoot && host.loopTroubles.length === 0) {
    return { chosen: { way: "loop", reason: "this machine has loop devices" }, diagnostics: loop() };
  }
  const lack = host.isRoot ? "this machine has no loop devices" : "only root can use loop devices";
  const refused = troubles("files");
  if (refused.length === 0) return { chosen: { way: "files", reason: lack }, diagnostics: [] };
  return {
    chosen: { way: "loop", reason: "the layout cannot be written in files alone" },
    diagnostics: [...loop(), ...refused],
  };
}

/** The way that a request asks for; a wrong word is refused elsewhere. */
export function askedWay({ disk }: Pick<BuildRequest, "disk">): AskedDiskWay {
  return disk === "loop" || disk === "files" ? disk : "auto";
}
