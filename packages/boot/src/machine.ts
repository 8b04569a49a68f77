import type { HostTool } from "@dibkit/exec";

/** How QEMU stands in for a computer of one architecture. */
export interface MachineModel {
  /** Debian's name. */
  readonly architecture: string;
  readonly tool: HostTool;
  /** `-machine` without the accelerator. */
  readonly machine: string;
  /** Firmware that is there without further files. */
  readonly builtIn: "bios" | undefined;
  /** Code and variable store of UEFI firmware, where distributions put them. */
  readonly uefi: readonly { readonly code: string; readonly variables: string }[];
  readonly uefiPackage: string;
}

const amd64: MachineModel = {
  architecture: "amd64",
  tool: { program: "qemu-system-x86_64", debianPackage: "qemu-system-x86", purpose: "boot amd64 images" },
  machine: "q35",
  builtIn: "bios",
  uefi: [
    { code: "/usr/share/OVMF/OVMF_CODE_4M.fd", variables: "/usr/share/OVMF/OVMF_VARS_4M.fd" },
    { code: "/usr/share/OVMF/OVMF_CODE.fd", variables: "/usr/share/OVMF/OVMF_VARS.fd" },
    { code: "/usr/share/edk2/ovmf/OVMF_CODE.fd", variables: "/usr/share/edk2/ovmf/OVMF_VARS.fd" },
    { code: "/usr/share/edk2/x64/OVMF_CODE.4m.fd", variables: "/usr/share/edk2/x64/OVMF_VARS.4m.fd" },
  ],
  uefiPackage: "ovmf",
};

const arm64: MachineModel = {
  architecture: "arm64",
  tool: { program: "qemu-system-aarch64", debianPackage: "qemu-system-arm", purpose: "boot arm64 images" },
  machine: "virt",
  builtIn: undefined,
  uefi: [
    { code: "/usr/share/AAVMF/AAVMF_CODE.fd", variables: "/usr/share/AAVMF/AAVMF_VARS.fd" },
    {
      code: "/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw",
      variables: "/usr/share/edk2/aarch64/vars-template-pflash.raw",
    },
  ],
  uefiPackage: "qemu-efi-aarch64",
};

/** Every architecture that can be booted. */
export const MACHINES: readonly MachineModel[] = [amd64, arm64];
