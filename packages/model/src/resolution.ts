import type { Diagnostic } from "./diagnostic.js";
import type { Element } from "./element.js";

export interface ResolvedElement {
  readonly element: Element;
  /** Who asked for it: names of elements that depend on it, or `"(requested)"`, `"(default)"` for `base` and `vm`'s block device. */
  readonly because: readonly string[];
}

/** What will be in the image, in a deterministic order: requested order first, then breadth-first closure. */
export interface Resolution {
  readonly requested: readonly string[];
  readonly elements: readonly ResolvedElement[];
  /** Virtual or replaced elements, and the element that provides each. */
  readonly provided: readonly { readonly name: string; readonly by: string }[];
}

export interface ResolveOptions {
  /** Image architecture in Debian's words (`amd64`, `arm64` …); decides `vm`'s default block device. */
  readonly arch: string;
  /** Add `base`, as upstream does unless `-n`. */
  readonly base: boolean;
  /** Add this element first, as `ramdisk-image-create` does (`ramdisk` or `--ramdisk-element`). */
  readonly ramdiskElement?: string;
}

/** Why a set of elements cannot be composed; every failure found is reported, not only the first. */
export interface ResolveFailure {
  readonly kind:
    | "missing-element"
    | "upstream-missing"
    | "already-provided"
    | "requested-but-provided"
    | "no-operating-system";
  /** Of several that are missing with upstream, the first. */
  readonly name: string;
  /** Dependency path from a requested element to the trouble, e.g. `["vm", "bootloader", "grubb"]`. */
  readonly path: readonly string[];
  readonly diagnostic: Diagnostic;
}
