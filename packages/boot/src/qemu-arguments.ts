import type { Accelerator } from "./accelerator/accelerator.js";
import type { MachineModel } from "./machine.js";

export interface Forward {
  readonly hostPort: number;
  readonly guestPort: number;
}

/** What a live session with the machine needs beside its console. */
export interface SessionDevices {
  /** Socket of the port on which the machine's side of the session speaks. */
  readonly portSocket: string;
  /** Socket of QEMU's own monitor. */
  readonly monitorSocket: string;
  /** Strings for the firmware's tables (SMBIOS type 11), where systemd looks for credentials. */
  readonly vendorStrings: readonly string[];
  /** A second disk, where cloud-init looks for its data. */
  readonly seedDisk?: string;
}

/** The machine's name of the port. */
export const SESSION_PORT = "dibkit.session";

/** Everything QEMU is told; pure, so that it can be read and tested. */
export interface MachineSettings {
  /** QEMU: an absolute path, or a name to be found in PATH. */
  readonly program: string;
  readonly machine: MachineModel;
  readonly accelerator: Accelerator;
  readonly memoryMib: number;
  readonly cpus: number;
  readonly imagePath: string;
  readonly imageFormat: string;
  /** UEFI code and the machine's own copy of the variable store; undefined for the built-in BIOS. */
  readonly uefi?: { readonly code: string; readonly variables: string };
  readonly consoleSocket: string;
  readonly consoleLog: string;
  readonly forwards: readonly Forward[];
  readonly serialNumber?: string;
  readonly mayReboot?: boolean;
  readonly session?: SessionDevices;
}

/** A comma in a QEMU option value is written twice. */
const value = (text: string) => text.replaceAll(",", ",,");

/** The command line that boots an image with its console on a socket; nothing is written to the image (`-snapshot`). */
export function qemuArguments(settings: MachineSettings): readonly string[] {
  const { machine, accelerator, uefi, forwards } = settings;
  const forward = forwards
    .map(({ hostPort, guestPort }) => `,hostfwd=tcp:127.0.0.1:${hostPort}-:${guestPort}`)
    .join("");
  const socket = `socket,id=console,path=${value(settings.consoleSocket)},server=on,wait=on`;
  // Without graphics the BIOS writes its messages ("No bootable device") to the console too.
  const type = `${machine.machine},accel=${accelerator.name}${uefi === undefined ? ",graphics=off" : ""}`;
  return [
    settings.program,
    ...["-machine", type, "-cpu", "max"],
    ...["-smp", String(settings.cpus), "-m", String(settings.memoryMib)],
    ...["-nodefaults", "-display", "none", ...(settings.mayReboot ? [] : ["-no-reboot"]), "-snapshot"],
    ...(settings.serialNumber === undefined ? [] : ["-smbios", `type=1,serial=${value(settings.serialNumber)}`]),
    ...["-chardev", `${socket},logfile=${value(settings.consoleLog)},logappend=on`, "-serial", "chardev:console"],
    ...(uefi === undefined
      ? []
      : [
          ...["-drive", `if=pflash,unit=0,format=raw,readonly=on,file=${value(uefi.code)}`],
          ...["-drive", `if=pflash,unit=1,format=raw,file=${value(uefi.variables)}`],
        ]),
    // Only the disk may be booted: firmware that falls back to the network would keep trying until the time is over.
    ...["-drive", `if=none,id=disk,format=${settings.imageFormat},file=${value(settings.imagePath)}`],
    ...["-device", "virtio-blk-pci,drive=disk,bootindex=0", "-boot", "strict=on"],
    ...["-netdev", `user,id=network${forward}`, "-device", "virtio-net-pci,netdev=network"],
    ...["-device", "virtio-rng-pci"],
    ...(settings.session === undefined ? [] : sessionArguments(settings.session)),
  ];
}

function sessionArguments({ portSocket, monitorSocket, vendorStrings, seedDisk }: SessionDevices): readonly string[] {
  const onSocket = (id: string, path: string) => `socket,id=${id},path=${value(path)},server=on,wait=off`;
  return [
    ...["-chardev", onSocket("session", portSocket), "-device", "virtio-serial-pci"],
    ...["-device", `virtserialport,chardev=session,name=${SESSION_PORT},id=session`],
    ...["-chardev", onSocket("monitor", monitorSocket), "-mon", "chardev=monitor,mode=control"],
    ...vendorStrings.flatMap((text) => ["-smbios", `type=11,value=${value(text)}`]),
    ...(seedDisk === undefined
      ? []
      : [
          ...["-drive", `if=none,id=seed,format=raw,readonly=on,file=${value(seedDisk)}`],
          ...["-device", "virtio-blk-pci,drive=seed"],
        ]),
  ];
}
