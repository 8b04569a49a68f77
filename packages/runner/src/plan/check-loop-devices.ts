import { closeSync, openSync, statSync } from "node:fs";
import { inUserNamespace } from "@dibkit/exec";
import type { Diagnostic } from "@dibkit/model";

const CONTROL = "/dev/loop-control";
/** Device number 10:237 (Documentation/admin-guide/devices.txt), as `makedev(3)` packs it. */
const CONTROL_DEVICE = (10 << 8) | 237;

/** Whether this machine can attach disk images at all; a container often cannot. */
export function checkLoopDevices(): readonly Diagnostic[] {
  if (inUserNamespace()) {
    const message = "loop devices are root's alone, and this is a user namespace";
    const help = 'use a layout that "--disk files" can write, or build this image as root';
    return [{ code: "no-loop-devices", severity: "error", message, help }];
  }
  const trouble = controlTrouble();
  if (trouble === undefined) return [];
  return [
    {
      code: "no-loop-devices",
      severity: "error",
      message: `this machine has no loop devices ("${CONTROL}" ${trouble}), and a disk image needs one`,
      help: 'load the module with "modprobe loop", or give the container /dev/loop-control and /dev/loop*',
    },
  ];
}

function controlTrouble(): string | undefined {
  const found = statSync(CONTROL, { throwIfNoEntry: false });
  if (found === undefined) return "is missing";
  if (!found.isCharacterDevice() || found.rdev !== CONTROL_DEVICE) return "is something else";
  // A plan that an ordinary user reads is for the root who is to build.
  if (process.geteuid?.() !== 0) return undefined;
  try {
    closeSync(openSync(CONTROL, "r"));
    return undefined;
  } catch {
    // The control group of a container allows no device that it has not been given, whoever asks.
    return "may not be opened";
  }
}
