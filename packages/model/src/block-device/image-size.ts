/** What decides how large an image becomes. Sizes keep upstream's units. */
export interface ImageSizeOptions {
  /** `--image-size` / `DIB_IMAGE_SIZE` in GiB, possibly with a fraction: wins over everything else. */
  readonly imageSize?: number;
  /** `--image-extra-size` / `DIB_IMAGE_EXTRA_SIZE` in MiB, added instead of scaling. */
  readonly extraSize?: number;
  /** `--mkfs-journal-size` / `DIB_JOURNAL_SIZE` in MiB; default 64. */
  readonly journalSize?: number;
  /** Type of the root filesystem; ext4 gets room for its journal. */
  readonly rootFilesystem: string;
  /** See `hasEfiLayout`. */
  readonly efi: boolean;
}

/**
 * Whether upstream makes room for an EFI system partition: it looks for the text `block-device-efi` in the list of
 * elements, so `block-device-efi-lvm` counts too.
 */
export function hasEfiLayout(elements: readonly { readonly name: string }[]): boolean {
  return elements.some(({ name }) => name.includes("block-device-efi"));
}

/** MiB of the journal of ext4 unless `DIB_JOURNAL_SIZE` says otherwise. */
export const DEFAULT_JOURNAL_MIB = 64;
const EFI_PARTITION_KIB = 525 * 1024;

/**
 * Size of the image in KiB for a tree that takes `usedKib` on disk (`du -x`): used / 0.6, or used + extra; room for the
 * ext4 journal unless a size was asked for; 525 MiB for an EFI partition; rounded up to 64 KiB.
 */
export function computeImageSize(usedKib: number, options: ImageSizeOptions): number {
  const { imageSize, extraSize, journalSize = DEFAULT_JOURNAL_MIB, rootFilesystem, efi } = options;
  let kib =
    imageSize !== undefined
      ? Math.trunc(imageSize * 1024 * 1024)
      : extraSize !== undefined
        ? Math.trunc(usedKib + Math.trunc(extraSize * 1024))
        : Math.trunc(usedKib / 0.6);
  if (rootFilesystem === "ext4" && imageSize === undefined) kib += journalSize * 1024;
  if (efi) kib += EFI_PARTITION_KIB;
  return Math.ceil(kib / 64) * 64;
}

/** Options of mkfs for the root filesystem, as upstream puts them together: its own before the user's. */
export function rootMkfsOptions(options: {
  readonly rootFilesystem: string;
  /** `--mkfs-options`. */
  readonly mkfsOptions?: string;
  readonly journalSize?: number;
  /** `--max-online-resize` in blocks. */
  readonly maxOnlineResize?: number;
  /** `DIB_RELEASE`; Ubuntu's trusty cannot check metadata checksums. */
  readonly release?: string;
}): string | undefined {
  const { rootFilesystem, mkfsOptions = "", journalSize = DEFAULT_JOURNAL_MIB, maxOnlineResize, release } = options;
  const parts = [
    ...(maxOnlineResize === undefined ? [] : [`-E resize=${maxOnlineResize}`]),
    ...(rootFilesystem === "ext4" && release === "trusty" ? ["-O ^metadata_csum"] : []),
    ...(rootFilesystem === "ext4" ? [`-i 4096 -J size=${journalSize}`] : []),
    ...(mkfsOptions === "" ? [] : [mkfsOptions]),
  ];
  return parts.length === 0 ? undefined : parts.join(" ");
}
