import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { bashCommand, inUserNamespace, namespaceCommand, shellCommand } from "@dibkit/exec";
import { renderTreeMount } from "../host/tree-mount.js";
import type { LayerStore } from "./layer-store.js";
import type { LayerTrees } from "./layer-trees.js";
import { overlayTrees, type TreesContext } from "./overlay-trees.js";
import { plainTrees } from "./plain-trees.js";

type Kind = LayerTrees["kind"];

/** How the store's layers were made when it was last built with; undefined: never. */
export function layerKind(store: LayerStore): Promise<Kind | undefined> {
  return store.records.kind();
}

/** Overlayfs when it works in the store, else plain copies. */
export async function openLayerTrees(context: TreesContext): Promise<LayerTrees> {
  // A user namespace does not get this far with a store in which overlays do not work.
  const kind = inUserNamespace() || (await canOverlay(context, context.scratch)) ? "overlay" : "plain";
  const { store } = context;
  if ((await layerKind(store)) !== kind) await store.records.saveKind(kind);
  return layerTrees(kind, context);
}

export function layerTrees(kind: Kind, context: TreesContext): LayerTrees {
  return kind === "overlay" ? overlayTrees(context) : plainTrees(context);
}

/**
 * Tries a mount with its changes in `directory`: an overlay cannot lie on another overlay, and some filesystems cannot
 * hold whiteouts.
 */
export async function canOverlay(
  { store, commands }: Pick<TreesContext, "store" | "commands">,
  directory: string,
): Promise<boolean> {
  const place = join(directory, "probe");
  for (const name of ["upper", "work", "at", "lower/a/b"]) await mkdir(join(place, name), { recursive: true });
  const at = join(place, "at");
  const upper = { directory: join(place, "upper"), work: join(place, "work") };
  const mount = renderTreeMount({ base: store.layers, lower: [join(place, "lower"), "empty"], upper, at });
  // Where marks cannot be stored, a directory that took the place of a removed one cannot be made.
  const use = `${shellCommand("rm", "-r", `${at}/a`)} && ${shellCommand("mkdir", `${at}/a`)}`;
  const whiteout = shellCommand("mknod", `${place}/whiteout`, "c", "0", "0");
  const done = await commands.run(namespaceCommand(bashCommand(`${mount} && ${use} && ${whiteout}`)));
  await rm(place, { recursive: true, force: true });
  return done.ok;
}
