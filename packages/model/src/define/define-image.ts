import type { Architecture } from "../architectures.js";
import type { ChecksumAlgorithm } from "../checksum-algorithms.js";
import type { OutputFormat } from "../output-formats.js";
import type { BlockDeviceTreeSpec } from "./block-device-spec.js";
import { type CallSite, callSiteOf } from "./call-site.js";
import { DefinitionError } from "./definition-error.js";
import type { AnyElementReference } from "./element-reference.js";
import type { CheckedDeps } from "./spec-rules.js";

/** What an image is made of. Each field is the flag of `disk-image-create` of that name. */
export interface ImageSpec {
  /** Elements to compose, in order. Each brings what it depends on. */
  readonly elements: readonly AnyElementReference[];
  /** Architecture of the image; that of the host unless stated. */
  readonly arch?: Architecture;
  /** Formats to write; `["qcow2"]` unless stated. */
  readonly formats?: readonly OutputFormat[];
  /** Size of the disk in GiB, such as `5`; computed from the content unless stated. */
  readonly size?: number;
  /** MiB to add to the computed size; `0` unless stated. */
  readonly extraSize?: number;
  /** Variables the build gets: `{ DIB_RELEASE: "bookworm", ACME_PORT: 8080 }`. */
  readonly environment?: { readonly [name: string]: string | number };
  /** Disk layout in place of the one an element brings. */
  readonly blockDevice?: BlockDeviceTreeSpec;
  /** Distribution packages to install after `install.d`: `["vim", "strace"]`. */
  readonly packages?: readonly string[];
  /** `false` leaves out the element `base`; `true` unless stated. */
  readonly base?: boolean;
  /** Install type of every element that has several (`DIB_DEFAULT_INSTALLTYPE`); `source` unless stated. */
  readonly installType?: "source" | "package";
  /** Label of the root filesystem; `cloudimg-rootfs` unless stated, `img-rootfs` on XFS. */
  readonly rootLabel?: string;
  /** Options of mkfs for the root filesystem: `"-i 16384"`. */
  readonly mkfsOptions?: string;
  /** Options of `qemu-img convert`, such as `{ compat: "1.1" }`. */
  readonly qemuImgOptions?: { readonly [name: string]: string };
  /** Write checksums beside the outputs: both with `true`, or those named, `["sha256"]`; none unless stated. */
  readonly checksum?: boolean | readonly ChecksumAlgorithm[];
  /** `false` leaves qcow2 uncompressed; `true` unless stated. */
  readonly compress?: boolean;
  /** `REPOSITORY:TAG` for the format `docker`: `"acme/shop:1.2"`. */
  readonly dockerTarget?: string;
}

/** An image, under the name its files begin with. */
export interface ImageDefinition extends ImageSpec {
  readonly dibkit: "image";
  readonly name: string;
  readonly site: CallSite | undefined;
}

/** Defines an image: what `dibkit build IMAGE.ts` makes. */
export function defineImage<const E extends readonly unknown[]>(
  image: Omit<ImageSpec, "elements"> & {
    /** What the image's files begin with: `"shop"` makes `shop.qcow2`. */
    readonly name: string;
    /** Elements to compose, in order; each brings what it depends on. `[elementRef("vm"), web]` */
    readonly elements: CheckedDeps<E>;
  },
): ImageDefinition {
  return imageDefinition(image as unknown as ImageSpec & { readonly name: string }, callSiteOf(defineImage));
}

/** The definition that a checked specification makes. */
export function imageDefinition(
  image: ImageSpec & { readonly name: string },
  site: CallSite | undefined,
): ImageDefinition {
  if (!/^[^\s/]+$/.test(image.name))
    throw new DefinitionError(`"${image.name}" cannot be the name of an image`, site, "its files are named after it");
  return { dibkit: "image", ...image, site };
}

/** Whether a value is an image definition, of this copy of the package or of another. */
export function isImageDefinition(value: unknown): value is ImageDefinition {
  return typeof value === "object" && value !== null && (value as { dibkit?: unknown }).dibkit === "image";
}
