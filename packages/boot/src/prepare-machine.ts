import { access, constants, copyFile, open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CommandRunner } from "@dibkit/exec";
import { findProgram } from "@dibkit/exec";
import { err, ok, type Result } from "@dibkit/model";
import { type AcceleratorChoice, chooseAccelerator, type ProvingContext } from "./accelerator/choose-accelerator.js";
import type { BootFailure } from "./boot-failure.js";
import type { BootOptions } from "./boot-options.js";
import { freePort } from "./free-port.js";
import { MACHINES, type MachineModel } from "./machine.js";
import type { MachineSettings, SessionDevices } from "./qemu-arguments.js";

/** What QEMU is told, and how that was decided. */
export interface PreparedMachine extends Omit<AcceleratorChoice, "accelerator"> {
  readonly settings: MachineSettings;
}

/** Looks at the image and the host and decides everything QEMU will be told. */
export async function prepareMachine(
  imagePath: string,
  options: BootOptions,
  directory: string,
  context: ProvingContext,
  session?: SessionDevices,
): Promise<Result<PreparedMachine, BootFailure>> {
  const machine = MACHINES.find(({ architecture }) => architecture === (options.architecture ?? "amd64"));
  if (machine === undefined) {
    const known = MACHINES.map(({ architecture }) => `"${architecture}"`).join(" and ");
    return cannotBoot(
      `architecture "${options.architecture}" cannot be booted; ${known} can`,
      "boot it on real hardware",
    );
  }
  const format = await imageFormat(imagePath, context.commands);
  if (!format.ok) return format;
  const firmware = options.firmware ?? machine.builtIn ?? "uefi";
  const uefi = firmware === "uefi" ? await prepareUefi(machine, directory) : ok(undefined);
  if (!uefi.ok) return uefi;
  if (firmware === "bios" && machine.builtIn !== "bios") {
    return cannotBoot(`architecture "${machine.architecture}" has no BIOS`, 'use "--firmware uefi"');
  }
  const chosen = await chooseFor(machine, options, context);
  if (!chosen.ok) return chosen;
  const { program, accelerator, ...choice } = chosen.value;
  const settings: MachineSettings = {
    program,
    machine,
    accelerator,
    memoryMib: options.memoryMib ?? 1024,
    cpus: options.cpus ?? 2,
    imagePath,
    imageFormat: format.value,
    ...(uefi.value === undefined ? {} : { uefi: uefi.value }),
    ...(options.serialNumber === undefined ? {} : { serialNumber: options.serialNumber }),
    ...(session === undefined ? {} : { session }),
    mayReboot: options.mayReboot ?? false,
    consoleSocket: join(directory, "console"),
    consoleLog: options.consoleLog,
    forwards: await Promise.all(
      (options.http ?? []).map(async ({ guestPort }) => ({ guestPort, hostPort: await freePort() })),
    ),
  };
  return ok({ settings, ...choice });
}

async function chooseFor(
  machine: MachineModel,
  options: BootOptions,
  context: ProvingContext,
): Promise<Result<AcceleratorChoice & { readonly program: string }, BootFailure>> {
  const { program: name, debianPackage } = machine.tool;
  const program = findProgram(name, context.env);
  const noQemu = () => cannotBoot(`program "${name}" was not found`, `install the package ${debianPackage}`);
  if (program === undefined) return noQemu();
  const chosen = await chooseAccelerator(options.accelerator ?? "auto", { program, machine }, context);
  if (chosen.ok) return ok({ program, ...chosen.value });
  if (chosen.error === "no-qemu") return noQemu();
  if (chosen.error === "aborted") return err({ kind: "aborted", message: "the boot was interrupted" });
  return err({ kind: "cannot-boot", ...chosen.error });
}

function cannotBoot(message: string, help: string): Result<never, BootFailure> {
  return err({ kind: "cannot-boot", message, help });
}

/** Format by content, since a name can say anything. */
async function imageFormat(path: string, commands: CommandRunner): Promise<Result<string, BootFailure>> {
  // Whatever else stands in its way, such as permissions, is thrown with its own reason.
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (!found?.isFile())
    return cannotBoot(`there is no image "${path}"`, "give the path of a disk image, such as image.qcow2");
  await access(path, constants.R_OK);
  const info = await commands.run(["qemu-img", "info", "--output=json", "--force-share", "--", path]);
  if (!info.ok) {
    return info.error.kind === "not-found"
      ? cannotBoot('program "qemu-img" was not found', "install the package qemu-utils")
      : cannotBoot(
          `"${path}" is not a disk image: ${info.error.tail.at(-1) ?? ""}`,
          "give a qcow2, raw, vmdk, vhdx, vdi or vhd image",
        );
  }
  const { format } = JSON.parse(info.value.stdout) as { readonly format: string };
  const other = format === "raw" ? await otherThanDisk(path) : undefined;
  if (other !== undefined)
    return cannotBoot(`"${path}" is ${other}, not a disk image`, "give what a build with -t qcow2 or raw makes");
  return ok(format);
}

/** What bytes are that QEMU would take for those of a disk, where their beginning tells. */
async function otherThanDisk(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(512), 0, 512, 0);
    if (bytesRead === 0) return "empty";
    const begins = (magic: string, at = 0) => buffer.toString("latin1", at, at + magic.length) === magic;
    if (begins("ustar", 257)) return "a tar archive";
    if (begins("\x1f\x8b")) return "packed by gzip";
    return begins("hsqs") ? "a squashfs filesystem" : undefined;
  } finally {
    await file.close();
  }
}

/** UEFI keeps its boot entries in a variable store, so each machine gets a fresh copy. */
async function prepareUefi(
  machine: MachineModel,
  directory: string,
): Promise<Result<MachineSettings["uefi"], BootFailure>> {
  for (const { code, variables } of machine.uefi) {
    if (!(await readable(code)) || !(await readable(variables))) continue;
    const copy = join(directory, "uefi-variables");
    await copyFile(variables, copy);
    return ok({ code, variables: copy });
  }
  return cannotBoot(
    `no UEFI firmware for ${machine.architecture} was found`,
    `install the package ${machine.uefiPackage}`,
  );
}

function readable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
