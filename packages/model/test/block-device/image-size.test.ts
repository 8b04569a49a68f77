import { expect, it } from "vitest";
import { computeImageSize, type ImageSizeOptions, rootMkfsOptions } from "../../src/block-device/image-size.js";

const ext4 = { rootFilesystem: "ext4", efi: false };

// Expected values are those of the shell and awk lines of upstream's disk-image-create.
it.each<[string, number, ImageSizeOptions, number]>([
  ["content / 0.6 and a journal", 600_000, ext4, 1_065_536],
  ["no journal on xfs", 600_000, { ...ext4, rootFilesystem: "xfs" }, 1_000_000],
  ["a larger journal", 600_000, { ...ext4, journalSize: 128 }, 1_131_072],
  ["extra space instead of a share", 600_000, { ...ext4, extraSize: 100 }, 767_936],
  ["a size asked for, nothing added", 600_000, { ...ext4, imageSize: 5 }, 5_242_880],
  ["a broken size", 1, { ...ext4, imageSize: 1.5 }, 1_572_864],
  ["room for an EFI partition, even then", 1, { ...ext4, imageSize: 5, efi: true }, 5_780_480],
  ["rounded up to 64 KiB", 1, { ...ext4, rootFilesystem: "xfs" }, 64],
])("%s", (_, used, options, kib) => {
  expect(computeImageSize(used, options)).toBe(kib);
});

it.each<[Parameters<typeof rootMkfsOptions>[0], string | undefined]>([
  [{ rootFilesystem: "ext4" }, "-i 4096 -J size=64"],
  [{ rootFilesystem: "xfs" }, undefined],
  [{ rootFilesystem: "xfs", mkfsOptions: "-f" }, "-f"],
  [
    { rootFilesystem: "ext4", mkfsOptions: "-b 4096", journalSize: 128, maxOnlineResize: 1000, release: "trusty" },
    "-E resize=1000 -O ^metadata_csum -i 4096 -J size=128 -b 4096",
  ],
])("mkfs options for %j", (options, expected) => {
  expect(rootMkfsOptions(options)).toBe(expected);
});
