import { shellCommand } from "@dibkit/exec";
import { type KernelMounts, kernelMounts } from "./kernel-mounts.js";

/** Where an overlay's parts are. `lower` is newest first, relative to `base` so that many fit into one mount call. */
export interface OverlayMount {
  readonly base: string;
  readonly lower: readonly string[];
  /** Absent: read-only. */
  readonly upper?: { readonly directory: string; readonly work: string };
  readonly at: string;
  /**
   * Whether a renamed directory may stay where it was, noted in the new one; otherwise the rename is refused, and `mv`
   * copies. Default: true.
   */
  readonly redirects?: boolean;
  /** What the mount table says that is mounted. Default: `dibkit`. */
  readonly source?: string;
}

/** A directory shown at another place. */
export interface BindMount {
  readonly bind: string;
  readonly at: string;
}

export type TreeMount = OverlayMount | BindMount;

/** The command that mounts a tree. */
export function renderTreeMount(mount: TreeMount, kernel: KernelMounts = kernelMounts()): string {
  return "bind" in mount ? shellCommand("mount", "--bind", mount.bind, mount.at) : renderOverlay(mount, kernel);
}

/** One `mount -t overlay` line; `volatile` makes the many fsyncs of package managers free. */
function renderOverlay(overlay: OverlayMount, kernel: KernelMounts): string {
  const { base, lower, upper, at, redirects = true, source = "dibkit" } = overlay;
  const options = [
    `lowerdir=${lower.map(escapeLayer).join(":")}`,
    ...(upper ? [`upperdir=${escapeLayer(upper.directory)}`, `workdir=${escapeLayer(upper.work)}`, "volatile"] : []),
    ...kernel.overlayOfLayers(redirects),
  ];
  return `${shellCommand("cd", base)} && ${shellCommand("mount", "-t", "overlay", "-o", options.join(","), source, at)}`;
}

/** A path as overlayfs wants it in its options. */
export function escapeLayer(path: string): string {
  return path.replace(/[\\:,]/g, (character) => `\\${character}`);
}
