import { shellCommand } from "@dibkit/exec";

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

/** `xino` makes inode numbers unique where the parts of an overlay are on several filesystems. */
const OVERLAY_OPTIONS = "index=off,metacopy=off,xino=on";

/** The command that mounts a tree. */
export function renderTreeMount(mount: TreeMount): string {
  return "bind" in mount ? shellCommand("mount", "--bind", mount.bind, mount.at) : renderOverlay(mount);
}

/** One `mount -t overlay` line; `volatile` makes the many fsyncs of package managers free. */
function renderOverlay(overlay: OverlayMount): string {
  const lower = `lowerdir=${overlay.lower.map(escapeLayer).join(":")}`;
  const upper = overlay.upper
    ? `,upperdir=${escapeLayer(overlay.upper.directory)},workdir=${escapeLayer(overlay.upper.work)},volatile`
    : "";
  const redirects = `redirect_dir=${overlay.redirects === false ? "off" : "on"}`;
  const options = `${lower}${upper},${redirects},${OVERLAY_OPTIONS}`;
  return `${shellCommand("cd", overlay.base)} && ${shellCommand("mount", "-t", "overlay", "-o", options, overlay.source ?? "dibkit", overlay.at)}`;
}

/** A path as overlayfs wants it in its options. */
export function escapeLayer(path: string): string {
  return path.replace(/[\\:,]/g, (character) => `\\${character}`);
}
