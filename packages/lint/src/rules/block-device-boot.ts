import { type BlockDeviceEntry, parseBlockDeviceGraph, type SourceText, textOf, viewsOf } from "@dibkit/model";
import { exportsOf } from "../catalog-facts.js";
import { layoutVariable } from "../layout-variable.js";
import { defineGraphRule } from "../rule.js";

export default defineGraphRule({
  id: "block-device-boot",
  summary: "a disk has the partition that its boot loader is put on",
  why: "GRUB for BIOS has no room on a GPT disk but in a partition of type EF02, and UEFI starts only from an EFI system partition: without it the image does not boot, or the boot loader cannot be installed.",
  upstream:
    "Element bootloader installs for the mode in DIB_BLOCK_DEVICE (mbr, gpt or efi), which the block-device elements export, after all packages are installed.",
  fix: "Add a partition of 8 MiB with type 'EF02' for BIOS, or one with type 'EF00', a vfat filesystem and mount point /boot/efi for UEFI.",
  severity: "warning",
  since: "0.1.0",
  examples: {
    bad: {
      "disk/environment.d/10-disk": "export DIB_BLOCK_DEVICE=gpt\n",
      "disk/block-device-default.yaml":
        "- local_loop:\n    name: image0\n    partitioning:\n      label: gpt\n      partitions:\n        - name: root\n          size: 100%\n          mkfs:\n            type: ext4\n            mount:\n              mount_point: /\n",
    },
    good: {
      "disk/environment.d/10-disk": "export DIB_BLOCK_DEVICE=gpt\n",
      "disk/block-device-default.yaml":
        "- local_loop:\n    name: image0\n    partitioning:\n      label: gpt\n      partitions:\n        - name: bios\n          type: 'EF02'\n          size: 8MiB\n        - name: root\n          size: 100%\n          mkfs:\n            type: ext4\n            mount:\n              mount_point: /\n",
    },
  },
  *check(context) {
    const { composition, focus } = context;
    const layout = layoutVariable(context);
    if (layout !== undefined) {
      const { element, source } = layout;
      if (source === undefined || (focus !== undefined && focus !== element)) return;
      const mode = composition.image?.environment?.DIB_BLOCK_DEVICE ?? (element && exportedMode(element));
      const found = diskWithout(source, mode);
      if (found === undefined) return;
      const { location: inYaml, message, help } = found;
      const location = layout.at(inYaml);
      yield {
        ...(element && { element: element.name }),
        message: location === undefined ? `${message} (image "${composition.name}")` : message,
        help,
        ...(location && { location }),
      };
      return;
    }
    const owners = composition.elements.filter(({ element }) => viewsOf(element).blockDevices.value.length > 0);
    const [owner] = owners;
    // Of several configurations it is left to chance which one is used.
    if (owner === undefined || owners.length > 1 || (focus !== undefined && focus !== owner.element)) return;
    const { element } = owner;
    const mode = composition.image?.environment?.DIB_BLOCK_DEVICE ?? exportedMode(element);
    for (const { name, file } of viewsOf(element).blockDevices.value) {
      // IBM's machines boot in ways of their own.
      if (/^(s390|ppc)/.test(name)) continue;
      const found = diskWithout(textOf(element, file), mode);
      if (found === undefined) continue;
      const where = name === "default" ? "" : ` on ${name} only`;
      yield { ...found, element: element.name, message: found.message + where };
    }
  },
});

/** What a disk lacks to boot; undefined when it lacks nothing, or cannot be made at all. */
function diskWithout(source: SourceText, mode: string | undefined) {
  const { config } = parseBlockDeviceGraph(source);
  const tables = config?.entries.filter(({ kind }) => kind === "partitioning") ?? [];
  const gpt = tables.find(({ values }) => values.label === "gpt");
  // BIOS starts from any MBR disk, UEFI from no disk without its partition.
  const table = gpt ?? (mode === "efi" ? tables[0] : undefined);
  if (table === undefined) return undefined;
  const types = tables.flatMap(partitionTypes);
  const missing = missingFor(
    mode,
    types.some((type) => ESP.test(type)),
    types.some((type) => BIOS_BOOT.test(type)),
  );
  if (missing === undefined) return undefined;
  return {
    message: `the ${gpt ? "GPT" : "MBR"} disk has no ${missing.words}${mode === undefined ? "" : `, which DIB_BLOCK_DEVICE=${mode} needs`}`,
    help: missing.help,
    location: table.locate(["label"]),
  };
}

const ESP = /^(0x)?ef(00)?$|^c12a7328-f81f-11d2-ba4b-00a0c93ec93b$/i;
const BIOS_BOOT = /^(0x)?ef02$|^21686148-6449-6e6f-744e-656564454649$/i;
const ADD_ESP = "add a partition with type 'EF00', a vfat filesystem and mount point /boot/efi";
const ADD_BIOS = "add a partition of 8MiB with type 'EF02'";

function missingFor(mode: string | undefined, esp: boolean, bios: boolean) {
  if (mode === "efi") return esp ? undefined : { words: "EFI system partition", help: ADD_ESP };
  if (mode === "gpt") return bios ? undefined : { words: "BIOS boot partition", help: ADD_BIOS };
  if (esp || bios) return undefined;
  return {
    words: "EFI system partition and no BIOS boot partition",
    help: `${ADD_BIOS} for BIOS; for UEFI ${ADD_ESP}`,
  };
}

function exportedMode(element: Parameters<typeof exportsOf>[0]): string | undefined {
  return exportsOf(element).findLast(([name]) => name === "DIB_BLOCK_DEVICE")?.[1].value;
}

function partitionTypes({ values }: BlockDeviceEntry): readonly string[] {
  const partitions = (Array.isArray(values.partitions) ? values.partitions : []) as readonly {
    readonly type?: unknown;
  }[];
  return partitions.map(({ type }) => String(type ?? ""));
}
